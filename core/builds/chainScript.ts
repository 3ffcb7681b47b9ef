import { buildFolderNames, proveImage } from '#core/runtime/buildDefinitionJob.ts';
import {
  correctedName,
  correctOnly,
  emptyBaseName,
  emptyTreeName,
  keptTreeName,
} from '#core/runtime/partCorrection.ts';
import { metadataName } from '#core/runtime/partMetadata.ts';

/** Names of a job's files that are there once; those of a part are `part-N.NAME`. */
export const chainFileNames = {
  /** Shell lines that run the runtime on the whole definition; not there where not all was sent that it needs. */
  whole: 'whole.run',
  metadata: 'metadata.awk',
  /** By turns a name in the metadata and its value, as JSON without the quotes, or `droppedValue`. */
  values: 'values',
  dropped: 'dropped.sed',
} as const;

/** The files of a part: only those that it needs are there. */
export const partFileNames = {
  run: 'run',
  /** The definition, where the part begins with an image, and where it begins with the tree of the part before. */
  fromImage: 'image',
  fromTree: 'tree',
  /** Key and note of the checkpoint that it makes, and a line that tells of it. */
  key: 'key',
  note: 'note',
  told: 'told',
} as const;

/** In `%setup` and PATH of a part; `Singularity` is the whole definition, for the last part. */
export const correctionNames = ['mksquashfs', 'take-kept-tree', 'Singularity'] as const;

const partLine = /^Part (\d{1,3}) of (\d{1,3})$/;
const wholeLine = 'Checkpoints are not used: the whole definition is built';

/** What a message of the script says of the part (from 0) that begins; `whole` where it gave up parts. Null for others. */
export function partOfMessage(
  text: string,
): { readonly part: number; readonly count: number } | 'whole' | null {
  if (text.startsWith(wholeLine)) return 'whole';
  const [, part, count] = (partLine.exec(text) ?? []).map(Number);
  if (part === undefined || count === undefined || part < 1 || part > count) return null;
  return { part: part - 1, count };
}

/** Stands for a value in `values` that goes, with its name. */
export const droppedValue = '\u0001';

/**
 * Replaces values of strings in JSON by those in `values`, byte by byte otherwise. It reads the text between quotes, by turns
 * outside and inside of strings. Fails where there is no `deffile`.
 */
export const metadataProgram = `function closes(text,   at) {
  at = length(text)
  while (at > 0 && substr(text, at, 1) == "\\\\") at--
  return (length(text) - at) % 2 == 0
}
BEGIN {
  while ((getline name < "${chainFileNames.values}") > 0 && (getline value < "${chainFileNames.values}") > 0) given[name] = value
  RS = "\\""
  ORS = ""
}
NR > 1 && !silent { print "\\"" }
!inside {
  print $0
  wanted = ($0 == ":" && (last in given)) ? last : ""
  inside = 1
  pieces = 0
  last = ""
  silent = 0
  next
}
{
  pieces++
  closed = closes($0)
  if (wanted == "") print $0
  else if (pieces == 1) {
    print given[wanted]
    count[wanted]++
  }
  silent = wanted != "" && !closed
  if (!closed) next
  inside = 0
  last = wanted == "" && pieces == 1 ? $0 : ""
}
END { exit !("deffile" in count) }
`;

/** Takes what `droppedValue` stands for away: something comes before it, as names are sorted. */
export function droppedProgram(name: string): string {
  return `s/,"${name.replaceAll('.', '\\.')}":"${droppedValue}"//\n`;
}

const { temporary, image, argumentsFile, authfile } = buildFolderNames;

/**
 * Builds a definition in parts on a host that does it without us. `$1` build folder, `$2` working folder, `$3` number of the
 * first part, `$4` of the last, `$5` runtime, `$6` number of the architecture in a SIF, `$7` folder of kept checkpoints, `$8`
 * where the next one is made, `$9` key of the checkpoint that the first part begins with, and then `sif` or `sandbox`.
 * Between parts it does what `runChain` does on this machine; where the runtime does not let us, it builds the whole at once.
 */
export const chainScript = `
job=$PWD work=$1 from=$2 first=$3 last=$4 runtime=$5 architecture=$6 store=$7 made=$8 above=$9
shift 9
form=$1
cd -- "$from" || exit 73
remove() {
  rm -rf -- "$1" 2>/dev/null || unshare --map-root-user --map-auto rm -rf -- "$1" 2>/dev/null
}
begin_anew() {
  remove "$work/${temporary}"
  mkdir -m 700 -- "$work/${temporary}" || exit 73
  chattr +T -- "$work/${temporary}" 2>/dev/null
}
objects_of() {
  "$runtime" sif list "$1" </dev/null >"$work/list" &&
    sed -n 's/^\\([0-9][0-9]*\\) *|[^|]*|[^|]*|[^|]*|\\([A-Za-z.]*\\).*/\\1 \\2/p' "$work/list" >"$work/objects"
}
name_of() { "$runtime" sif info "$1" "$2" </dev/null | sed -n 's/^ *Name: *//p'; }
add() { "$runtime" sif add --groupid 1 "$@" </dev/null >/dev/null; }

# IMAGE: an image with an empty tree and the objects that the runtime hands on from a base.
make_empty_base() {
  rm -f -- "$work/${emptyBaseName}"
  "$runtime" sif new "$work/${emptyBaseName}" </dev/null >/dev/null && objects_of "$1" || return 1
  while read -r id type; do
    [ "$type" = JSON.Generic ] || continue
    name=$(name_of "$id" "$1") || return 1
    [ "$name" != ${metadataName} ] || continue
    "$runtime" sif dump "$id" "$1" </dev/null >"$work/object" &&
      add --datatype 6 --filename "$name" "$work/${emptyBaseName}" "$work/object" || return 1
  done <"$work/objects"
  add --datatype 4 --parttype 2 --partfs 1 --partarch "$architecture" --filename empty "$work/${emptyBaseName}" "$work/${emptyTreeName}"
}

# IMAGE: what the SIF says of itself is of the whole definition.
correct_objects() {
  objects_of "$1" || return 1
  while read -r id type; do
    object=$work/object-$id
    kind=
    if [ "$type" = Def.FILE ]; then
      cat -- "$job/part-$last.Singularity" >"$object" || return 1
      kind=1
    elif [ "$type" = JSON.Generic ] && [ "$(name_of "$id" "$1")" = ${metadataName} ]; then
      "$runtime" sif dump "$id" "$1" </dev/null >"$work/old" &&
        (cd -- "$job" && LC_ALL=C awk -f ${chainFileNames.metadata}) <"$work/old" >"$work/new" &&
        LC_ALL=C sed -f "$job/${chainFileNames.dropped}" "$work/new" >"$object" || return 1
      kind=6
    fi
    [ -n "$kind" ] || continue
    "$runtime" sif del "$id" "$1" </dev/null >/dev/null || return 1
    if [ "$kind" = 6 ]; then
      add --datatype 6 --filename ${metadataName} "$1" "$object" || return 1
    else
      add --datatype 1 "$1" "$object" || return 1
    fi
  done <"$work/objects"
}

# PART: its image gets the name of its checkpoint, then the note without which that is none.
keep() {
  read -r key <"$job/part-$1.${partFileNames.key}" || return 1
  sync -- "$made" 2>/dev/null || sync
  size=$(stat -c %s -- "$made") && now=$(date +%s)000 && mv -f -- "$made" "$store/$key.sif" || return 1
  { cat -- "$job/part-$1.${partFileNames.note}" && printf '"sizeBytes":%s,"createdAt":%s,"lastUsedAt":%s}' "$size" "$now" "$now"; } >"$made.json" &&
    mv -f -- "$made.json" "$store/$key.json" || return 1
  above=$key
  printf 'INFO:    '
  cat -- "$job/part-$1.${partFileNames.told}"
}

build_parts() {
  part=$first
  while [ "$part" -le "$last" ]; do
    printf 'INFO:    Part %s of %s\\n' "$((part - first + 1))" "$((last - first + 1))"
    folder=$work/part-$part output=$made
    # It may be emptied at any time.
    mkdir -p -m 700 -- "$store" || exit 73
    [ "$part" != "$last" ] || output=$work/${image}
    mkdir -m 700 -- "$folder" || exit 73
    for name in ${correctionNames.join(' ')}; do
      if [ "$name" = Singularity ]; then
        # The values of secrets are in it, and go with the job's files as soon as this has ended.
        ln -sfn -- "$job/part-$part.$name" "$folder/$name" || exit 73
      elif [ -e "$job/part-$part.$name" ]; then
        cp -- "$job/part-$part.$name" "$folder/$name" && chmod 700 -- "$folder/$name" || exit 73
      fi
    done
    # On a file system that is mounted noexec nothing of ours would be run.
    if ! "$folder/mksquashfs" ${correctOnly} "$folder"; then
      echo 'INFO:    The build folder does not let programs run.'
      return 1
    fi
    base=${partFileNames.fromImage}
    if [ -e "$work/${keptTreeName}" ]; then
      if make_empty_base "$store/$above.sif"; then
        base=${partFileNames.fromTree}
      else
        remove "$work/${keptTreeName}"
      fi
    fi
    ln -sfn -- "$job/part-$part.$base" "$folder/${buildFolderNames.definition}" || exit 73
    begin_anew
    rm -f -- "$made"
    sh "$job/part-$part.${partFileNames.run}"
    status=$?
    if [ "$status" != 0 ]; then
      remove "$work/${temporary}"
      exit "$status"
    fi
    [ "$part$form" != "\${last}sandbox" ] || "$folder/mksquashfs" ${correctOnly} "$output"
    if [ ! -e "$folder/${correctedName}" ]; then
      echo 'INFO:    The runtime takes mksquashfs from elsewhere than PATH.'
      return 1
    fi
    if [ "$part" != "$last" ]; then
      keep "$part" || exit 73
    elif [ "$form" = sif ] && ! correct_objects "$output"; then
      echo 'INFO:    What the image says of itself could not be corrected.'
      return 1
    fi
    part=$((part + 1))
  done
}

remove "$work/${image}"
for name in ${argumentsFile} ${authfile}; do
  [ ! -e "$job/$name" ] || ln -sfn -- "$job/$name" "$work/$name" || exit 73
done
if ! build_parts; then
  if [ ! -e "$job/${chainFileNames.whole}" ]; then
    echo 'FATAL:   The build cannot go on from its checkpoint: build it without checkpoints.'
    exit 1
  fi
  echo 'INFO:    ${wholeLine}.'
  rm -f -- "$made"
  remove "$work/${image}"
  begin_anew
  sh "$job/${chainFileNames.whole}"
  status=$?
  if [ "$status" != 0 ]; then
    remove "$work/${temporary}"
    exit "$status"
  fi
fi
remove "$work/${temporary}"
${proveImage}`;
