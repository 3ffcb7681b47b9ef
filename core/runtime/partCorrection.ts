/** What makes the metadata of a part's image what it would be without parts. */
export interface PartCorrection {
  /** Shell commands; `$meta` is the tree's `.singularity.d`, `$here` the folder of the files. */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
}

const label = 'org.label-schema.usage.singularity.deffile';

/**
 * For the tree and image of a checkpoint: what a build writes about itself goes, and what its base said of itself is back, so
 * that the next part finds the tree as its %post would have. A build moves the definition of its base to
 * `bootstrap_history/NAME<count>`. Source: insertDefinition in internal/pkg/build/metadata.go of apptainer 1.4.
 */
export const keptCorrection: PartCorrection = {
  script: `last=
highest=-1
set +f
for entry in "$meta"/bootstrap_history/*; do
  [ -f "$entry" ] || continue
  number=\${entry##*[!0-9]}
  if [ "\${number:--1}" -gt "$highest" ]; then
    highest=$number
    last=$entry
  fi
done
set -f
if [ -n "$last" ]; then
  mv "$last" "$meta/Singularity"
  rmdir "$meta/bootstrap_history" 2>/dev/null || :
else
  rm -f "$meta/Singularity"
fi
# Times are those of the last part, where they are fixed.
unset SOURCE_DATE_EPOCH
`,
  files: {},
};

/** For the image that is made of the last part: the whole definition, and its own headers among the labels. */
export function finalCorrection(
  definition: string,
  headers: Readonly<{ bootstrap: string; from: string | null }>,
): PartCorrection {
  const bootstrap = `s|\\("${label}.bootstrap": \\)"[^\\n]*"|\\1${replacement(headers.bootstrap)}|`;
  const from =
    headers.from === null
      ? `s|,\\n[[:space:]]*"${label}.from": "[^\\n]*"||`
      : `s|\\("${label}.from": \\)"[^\\n]*"|\\1${replacement(headers.from)}|`;
  return {
    script: `cat "$here/Singularity" >"$meta/Singularity"
sed -f /dev/stdin "$meta/labels.json" >"$here/labels.json" <<'LABELS'
:a
N
$!ba
${bootstrap}
${from}
LABELS
cat "$here/labels.json" >"$meta/labels.json"
`,
    files: { Singularity: definition },
  };
}

/** A JSON string as the runtime writes it, as the right side of a sed command between bars. */
function replacement(value: string): string {
  const json = JSON.stringify(value).replaceAll(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return json.replaceAll(/[\\&|]/g, (character) => `\\${character}`);
}

/** Left in the folder when a tree was corrected. */
export const correctedName = 'corrected';

/** The word that lets the script below correct a tree and do no more. */
export const correctOnly = '--correct-only';

/** Beside the folders of parts: the tree of the part before, as its %post left it. */
export const keptTreeName = 'tree';
/** There, too: a squashfs of an empty folder, for the image that the next part begins with. */
export const emptyTreeName = 'empty.squashfs';
/** That image. */
export const emptyBaseName = 'empty.sif';

/** The command that %setup of a part is where it goes on with the tree of the part before. */
export const takeTreeName = 'take-kept-tree';

/**
 * Files for a folder that stands first in PATH while a part is built: the runtime takes `mksquashfs` from there, which
 * corrects the tree that it is given and then is the real one. With `keepsTree` it moves the tree aside when that is packed.
 * `take-kept-tree` puts such a tree in the place of the one that the runtime has begun. Both are renames, whoever owns the
 * files: nothing is unpacked or copied between parts. Seen with Apptainer 1.4.5: %setup runs as root of the build's user
 * namespace, and so does mksquashfs; the runtime removes what it finds at the tree's path, and works on what it finds there
 * after %setup.
 */
export function correctionFiles(
  { script, files }: PartCorrection,
  { keepsTree }: { readonly keepsTree: boolean },
): Readonly<Record<string, string>> {
  return {
    ...files,
    [takeTreeName]: `#!/bin/sh
set -ef
here=\${0%/*}
mv "\${APPTAINER_ROOTFS:?}" "$here/fresh"
mv "\${here%/*}/${keptTreeName}" "$APPTAINER_ROOTFS"
`,
    mksquashfs: `#!/bin/sh
set -ef
here=\${0%/*}
after=${keepsTree ? 'keep' : 'squash'}
if [ "$1" = ${correctOnly} ]; then
  after=nothing
  shift
fi
meta=$1/.singularity.d
if [ -f "$meta/labels.json" ]; then
${script}: >"$here/${correctedName}"
elif [ "$after" = keep ]; then
  after=squash
fi
[ "$after" != nothing ] || exit 0
program=
places=$PATH:/usr/local/sbin:/usr/sbin:/sbin
IFS=:
for folder in $places; do
  if [ -z "$program" ] && [ "$folder" != "$here" ] && [ -x "$folder/mksquashfs" ]; then
    program=$folder/mksquashfs
  fi
done
if [ -z "$program" ]; then
  echo "mksquashfs was not found" >&2
  exit 127
fi
[ "$after" = keep ] || exec "$program" "$@"
"$program" "$@"
# Where the tree cannot be moved, the next part begins with the image that is made now.
beside=\${here%/*}
mkdir "$here/none" &&
  "$program" "$here/none" "$beside/${emptyTreeName}" -noappend -no-progress >/dev/null &&
  mv "$1" "$beside/${keptTreeName}" &&
  mkdir "$1" || :
`,
  };
}
