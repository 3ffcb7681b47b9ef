import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';
import { quoteWord } from '#core/runtime/shellWords.ts';
import { layerWord } from '#core/workspaces/layerWord.ts';

/**
 * In a namespace of its own: the tree of a workspace with its layers, as containers see it, at `$tree`: own writes over
 * the plain files in `lower`, or, while there are none, over the packed file. Ends the squashfuse that it starts with the
 * script.
 */
const mountLayers = `cd -- "$folder" || exit 74
lower=lower
if [ ! -d lower ]; then lower=home/home/mysingularity
squashfuse -f -o uid=0,gid=0,offset="$layer" packed.sif home </dev/null >/dev/null 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
tries=0
until grep -q ' - fuse.squashfuse ' /proc/self/mountinfo && [ -d home/home/mysingularity ]; do
tries=$((tries + 1))
if ! kill -0 "$server" 2>/dev/null || [ "$tries" -gt 1000 ]; then echo 'squashfuse failed' >&2; exit 79; fi
sleep 0.01
done
fi
mount -t overlay overlay -o lowerdir="$lower",upperdir=upper,workdir=work,userxattr home || exit 79
cd / || exit
`;

/**
 * A script over the tree of a workspace, wherever it lies: `$tree`, and `$layer` (what `layerWord` says) with the
 * workspace's `$folder`. With layers it runs as root of a namespace in which they are mounted.
 * The words of `treeWords` come first. `body` is a text of ours.
 */
export function overTree(body: string): string {
  const take = 'tree=$1 layer=$2 folder=$3; shift 3\n';
  return `if [ "$2" = - ]; then
${take}${body}
else
exec unshare -Urm /bin/sh -c ${quoteWord(`umask 077\n${take}${mountLayers}${body}`)} mysingularity "$@"
fi`;
}

/** Exit status of `overTree` where layers cannot be mounted. */
export const cannotMount = 79;

/** The first words of a script of `overTree`. */
export async function treeWords(
  host: Host,
  workspace: Pick<Workspace, 'folder' | 'below'>,
): Promise<readonly Argument[]> {
  const { folder } = workspace;
  const tree = joinPath(folder, hostPathFromText('home'));
  return [{ path: tree }, await layerWord(host, workspace), { path: folder }];
}
