/** What makes the metadata of a part's image what it would be without parts. */
export interface PartCorrection {
  /** Shell commands; `$meta` is the tree's `.singularity.d`, `$here` the folder of the files. */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
}

const label = 'org.label-schema.usage.singularity.deffile';

/**
 * For the image of a checkpoint: what a build writes about itself goes, and what its base said of itself is back, so that the
 * next part finds the tree as its %post would have. A build moves the definition of its base to
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

/**
 * Files for a folder that stands first in PATH while a part is built: the runtime takes `mksquashfs` from there, which
 * corrects the tree that it is given and then is the real one.
 */
export function correctionFiles({ script, files }: PartCorrection): Readonly<Record<string, string>> {
  return {
    ...files,
    mksquashfs: `#!/bin/sh
set -ef
here=\${0%/*}
after=squash
if [ "$1" = ${correctOnly} ]; then
  after=nothing
  shift
fi
meta=$1/.singularity.d
if [ -f "$meta/labels.json" ]; then
${script}: >"$here/${correctedName}"
fi
[ "$after" = squash ] || exit 0
IFS=:
for folder in $PATH:/usr/local/sbin:/usr/sbin:/sbin; do
  if [ "$folder" != "$here" ] && [ -x "$folder/mksquashfs" ]; then exec "$folder/mksquashfs" "$@"; fi
done
echo "mksquashfs was not found" >&2
exit 127
`,
  };
}
