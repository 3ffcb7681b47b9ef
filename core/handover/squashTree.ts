import type { StrayFile } from '#core/contract/handover.ts';
import { type HostPath, hostPathFromText, hostPathToBytes, joinPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { runTreeScript, treeFailure } from '#core/workspaces/treeScript.ts';
import { cannotMount, overTree, treeWords } from './layeredTree.ts';
import type { Packed } from './packedFile.ts';
import { listingFacts, squashFunctions } from './packedListing.ts';
import { cannotOpen } from './strayFiles.ts';

/** File in the work folder that holds the squashfs. */
export const squashedName = hostPathFromText('packed');
const excludedName = hostPathFromText('excluded');
const noProgram = 80;
/** Words of a command: the kernel takes 2 MB of them, names and all. */
const mostWordBytes = 1024 * 1024;

/**
 * `WORK COMPRESSION OFFSET WIDEN EXCLUDED…`: a squashfs in the file `packed` of WORK, behind OFFSET bytes, with the tree at
 * `home/mysingularity` and a script that sets HOME, as an overlay of an image has it. Without owners and extended
 * attributes; times of files stay, all others are fixed. `excluded` names what is left out, and so do the last words.
 * A bind in a namespace puts the tree in its place; where there is none, the tree is packed first and then moved, by
 * appending, which costs another second for 100,000 files. Before squashfs-tools 4.5 there is no -offset.
 * WIDEN is `all` where everybody is to read what the owner may.
 */
const squashScript = overTree(`${squashFunctions}work=$1 comp=$2 offset=$3 widen=$4; shift 4
cd -- "$work" || exit 74
unset SOURCE_DATE_EPOCH
for p in mksquashfs unsquashfs; do command -v "$p" >/dev/null || { echo "$p" >&2; exit ${noProgram}; }; done
mkdir -p stage/home/mysingularity stage/.singularity.d/env empty && cat >stage/.singularity.d/env/91-mysingularity.sh <<'END' || exit
HOME=/home/mysingularity
export HOME
END
chmod -R a+rX,u+w,go-w stage empty && find stage empty -exec touch -h -d @0 {} + || exit
help=$({ mksquashfs -help-all; mksquashfs -help; } 2>&1)
has() { case $help in *"$1"*) return 0;; esac; return 1; }
at=
! has -offset || at="-offset $offset"
more="-all-root -no-xattrs -quiet -no-progress"
! has -mkfs-time || more="$more -mkfs-time 0"
level=
[ "$comp" != zstd ] || level="-Xcompression-level 3"
[ $# = 0 ] || set -- -e "$@"
set -- -ef excluded "$@"
[ "$widen" != all ] || set -- -action 'chmod(a+rX)@true' "$@"
out=packed
[ -n "$at" ] || out=squashed
in_place='mount --bind -- "$1" stage/home/mysingularity || exit; shift; exec "$@"'
if [ "$layer" != - ]; then
mount --bind -- "$tree" stage/home/mysingularity && mksquashfs stage $out $more $at -comp $comp $level "$@" </dev/null >&2
elif unshare -Urm /bin/sh -c "$in_place" sh "$tree" true 2>/dev/null; then
unshare -Urm /bin/sh -c "$in_place" sh "$tree" mksquashfs stage $out $more $at -comp $comp $level "$@" </dev/null >&2
else
rmdir stage/home/mysingularity stage/home && touch -d @0 stage &&
mksquashfs "$tree" $out $more $at -comp $comp $level "$@" </dev/null >&2 &&
mksquashfs empty $out $more $at -root-becomes mysingularity -no-recovery </dev/null >/dev/null &&
mksquashfs stage $out $more $at -root-becomes home -no-recovery </dev/null >/dev/null
fi || exit 1
list $at $out | ${listingFacts} >sum || exit 1 &
list=$!
if [ -z "$at" ]; then wait "$list" && truncate -s "$offset" packed && cat squashed >>packed && rm squashed || exit; fi
size=$(($(stat -c %s packed) - offset))
sha=$({ rest "$offset" && digest; } <packed) || exit
{ [ -z "$at" ] || wait "$list"; } && read -r entries bytes more <sum || exit 1
echo "= $size \${sha%% *} $entries $bytes"`);

/** The tree of a workspace in a squashfs, in the file `packed` of a private folder. */
export async function squashTree(
  host: Host,
  {
    workspace,
    work,
    strays,
    compression,
    offset,
    isForEverybody,
  }: {
    readonly workspace: Workspace;
    readonly work: HostPath;
    readonly strays: readonly StrayFile[];
    readonly compression: 'zstd' | 'gzip';
    readonly offset: number;
    readonly isForEverybody: boolean;
  },
  context: TaskContext,
): Promise<Packed['tree']> {
  const tree = joinPath(workspace.folder, hostPathFromText('home'));
  const excluded = excludedWords(
    tree,
    strays.filter(({ isLeftOut }) => isLeftOut).map(({ path }) => path),
  );
  await host.files.write(joinPath(work, excludedName), excluded.file, 0o600);
  const purpose = 'Pack a tree';
  const outcome = await runTreeScript(host, {
    purpose,
    script: squashScript,
    words: [
      ...(await treeWords(host, workspace)),
      { path: work },
      compression,
      String(offset),
      isForEverybody ? 'all' : 'own',
      ...excluded.words.map((path) => ({ path })),
    ],
    byHand: squashByHand(tree, compression),
    taskId: context.id,
    signal: context.signal,
  });
  const { exitStatus, stdout, stderr } = outcome;
  if (exitStatus === noProgram)
    throw workbenchError(
      'host.commandMissing',
      { program: stderr.trim().split('\n').at(-1) ?? '' },
      { hostId: host.id },
    );
  if (exitStatus === cannotMount) throw cannotOpen(host, workspace, stderr);
  if (exitStatus !== 0) throw treeFailure(host, outcome, { path: work, purpose });
  if (stderr.includes('creating empty file'))
    context.log(
      'note',
      'Files changed or could not be read while they were packed; they are empty in the packed file.',
    );
  const told = /^= (\d+) ([0-9a-f]{64}) (\d+) (\d+)$/m.exec(stdout);
  if (told === null)
    throw workbenchError(
      'internal',
      {},
      { hostId: host.id, evidence: `${stdout}\n${stderr}`, command: purpose },
    );
  const [, sizeBytes = '', sha256 = '', entries = '', bytes = ''] = told;
  return { sha256, sizeBytes: Number(sizeBytes), entries: Number(entries), bytes: Number(bytes) };
}

/** What a person would type for a squashfs of a tree in its place. */
export function squashByHand(tree: HostPath, compression: 'zstd' | 'gzip'): string {
  return `mksquashfs ${quotePath(tree)} workspace.sqfs -all-root -no-xattrs -comp ${compression}`;
}

/** mksquashfs reads a file of names by lines, and strips them; names for which that would not do are words of the command. */
function excludedWords(
  tree: HostPath,
  paths: readonly HostPath[],
): { readonly file: Uint8Array; readonly words: readonly HostPath[] } {
  const lines: Uint8Array[] = [];
  const words: HostPath[] = [];
  let wordBytes = 0;
  for (const path of paths) {
    const whole = joinPath(tree, path);
    const bytes = hostPathToBytes(whole);
    if (isPlainLine(bytes)) lines.push(bytes, newline);
    else {
      words.push(whole);
      wordBytes += bytes.length + 9;
    }
  }
  if (wordBytes > mostWordBytes)
    throw workbenchError('input.invalid', {
      field: 'workspace',
      reason:
        'More files with odd names are to be left out than a command can name. Remove them, or their folder.',
    });
  return { file: Buffer.concat(lines), words };
}

const newline = Uint8Array.of(10);

function isPlainLine(bytes: Uint8Array): boolean {
  const last = bytes.at(-1);
  return (
    last !== 0x20 &&
    bytes.length < 4096 &&
    bytes.every((byte) => byte >= 0x20 && byte !== 0x5c && byte !== 0x7f)
  );
}
