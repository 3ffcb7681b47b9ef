import type { HostPath } from '#core/contract/hostPath.ts';
import { type Argument, commandSpec } from '#core/runtime/commandSpec.ts';
import type { CommandOutcome, Host, RunOptions } from './host.ts';

/**
 * Runs a script as root of a namespace with the person's subordinate ids, where the host has such (`unshare` of util-linux
 * 2.38 with newuidmap): only there may what containers made with fakeroot be read, copied and removed as it is. Where there
 * is none, and for root, it is run plainly. Without a namespace this `unshare` would leave a child that waits for ever, so
 * that is tried first.
 */
const enter = `script=$1; shift
if [ "$(id -u)" != 0 ] && unshare -Ur true 2>/dev/null && unshare --map-root-user --map-auto true 2>/dev/null; then
  exec unshare --map-root-user --map-auto /bin/sh -c "$script" sh "$@"
fi
exec /bin/sh -c "$script" sh "$@"`;

export interface OwnedRun {
  readonly purpose: string;
  /** `$1` and so on of the script. */
  readonly words: readonly Argument[];
  readonly options?: RunOptions;
}

/** Runs a fixed script over a tree, whoever of the person's ids owns what is in it. */
export async function runOwned(
  host: Host,
  script: string,
  { purpose, words, options }: OwnedRun,
): Promise<CommandOutcome> {
  const spec = commandSpec('/bin/sh', ['-c', enter, 'sh', script, ...words], { purpose });
  return await host.run(spec, { isQuiet: true, ...options });
}

/** Folders without write permission are emptied too; nothing behind a mount or a link is touched. */
const removal = `[ -e "$1" ] || [ -L "$1" ] || exit 0
[ -L "$1" ] || find "$1" -xdev -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
exec rm -rf --one-file-system -- "$1"`;

/** Removes a tree, also what belongs to subordinate ids. Gives the words of the tool where something stays. */
export async function removeOwnedTree(host: Host, path: HostPath): Promise<string | null> {
  const purpose = 'Remove a tree with its files of other ids';
  const { exitStatus, stderr } = await runOwned(host, removal, { purpose, words: [{ path }] });
  return exitStatus === 0 ? null : stderr.trim();
}
