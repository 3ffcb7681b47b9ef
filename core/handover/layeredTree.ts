import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';
import { quoteWord } from '#core/runtime/shellWords.ts';
import { packedOffset } from '#core/workspaces/packedOffset.ts';

/**
 * In a namespace of its own: the tree of a workspace over its packed file, as containers see it, at `$tree`. Ends the
 * squashfuse that it starts with the script.
 */
const mountLayers = `cd -- "$folder" || exit 74
squashfuse -f -o uid=0,gid=0,offset="$layer" packed.sif home </dev/null >/dev/null 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
tries=0
until grep -q ' - fuse.squashfuse ' /proc/self/mountinfo && [ -d home/home/mysingularity ]; do
tries=$((tries + 1))
if ! kill -0 "$server" 2>/dev/null || [ "$tries" -gt 1000 ]; then echo 'squashfuse failed' >&2; exit 79; fi
sleep 0.01
done
mount -t overlay overlay -o lowerdir=home/home/mysingularity,upperdir=upper,workdir=work,userxattr home || exit 79
cd / || exit
`;

/**
 * A script over the tree of a workspace, wherever it lies: `$tree`, and `$layer` (`-` for plain files, else the offset of
 * the squashfs) with the workspace's `$folder`. Over a packed file it runs as root of a namespace in which it is mounted.
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

/** Exit status of `overTree` where a packed file cannot be mounted. */
export const cannotMount = 79;

/** The first words of a script of `overTree`. */
export async function treeWords(
  host: Host,
  { folder, layered }: Pick<Workspace, 'folder' | 'layered'>,
): Promise<readonly Argument[]> {
  const tree = joinPath(folder, hostPathFromText('home'));
  const layer = layered === null ? '-' : String(await packedOffset(host, folder));
  return [{ path: tree }, layer, { path: folder }];
}
