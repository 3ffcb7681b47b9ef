import { baseName, folderName, type HostPath } from '#core/contract/hostPath.ts';
import { type Argument, type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import type { CommandOutcome, Host, RunOptions } from './host.ts';

/**
 * Shell functions over trees that may hold files of subordinate ids. `in_ids WORD…` runs a command as root of a namespace
 * with these ids, and fails where there is none: without a namespace the second `unshare` would leave a child that waits
 * for ever, so the first is tried before. `wipe NAME` removes a tree of the current folder, read-only folders too, never
 * across mounts; what a link leads to is not touched.
 */
export const ownedTreeFunctions = `in_ids() { [ "$(id -u)" != 0 ] && unshare -Ur true 2>/dev/null && unshare --map-root-user --map-auto "$@"; }
gone() { [ ! -e "./$1" ] && [ ! -L "./$1" ]; }
wipe() { rm -rf --one-file-system -- "./$1" 2>/dev/null
gone "$1" && return 0
find "./$1" -xdev -type d \\( ! -perm -500 -exec chmod u+rwx {} \\; -o ! -perm -200 -exec chmod u+w {} + \\) 2>/dev/null
rm -rf --one-file-system -- "./$1" 2>/dev/null
gone "$1" && return 0
in_ids rm -rf --one-file-system -- "./$1" 2>/dev/null
gone "$1" || rm -rf --one-file-system -- "./$1"; }
`;

const tryScript = `${ownedTreeFunctions}in_ids true`;

export interface OwnedRun {
  readonly purpose: string;
  /** `$1` and so on of the script. */
  readonly words: readonly Argument[];
  readonly options?: RunOptions;
}

/**
 * Work on trees whose files may belong to the person's subordinate ids: as root of a namespace with these ids, where the
 * host has such (`unshare` of util-linux 2.38 with newuidmap). Only there may what containers made with fakeroot be read,
 * copied and removed as it is. Where there is none, and for root, it is done plainly.
 */
export interface OwnedTrees {
  /** Runs a fixed script over a tree. */
  run(script: string, work: OwnedRun): Promise<CommandOutcome>;
  /** The command that does so. */
  command(script: string, work: Omit<OwnedRun, 'options'>): Promise<CommandSpec>;
  /** Removes a tree, not across mounts. Gives the words of the tool where something stays. */
  remove(path: HostPath): Promise<string | null>;
}

const removalScript = `${ownedTreeFunctions}cd -- "$1" 2>/dev/null || exit 0
wipe "$2"`;

/** Asks the host once whether it has such namespaces. */
export function createOwnedTrees(host: Host): OwnedTrees {
  let asked: Promise<boolean> | null = null;

  async function canEnter(): Promise<boolean> {
    const spec = commandSpec('/bin/sh', ['-c', tryScript], { purpose: 'Look for subordinate ids' });
    asked ??= host.run(spec, { isQuiet: true }).then(({ exitStatus }) => exitStatus === 0);
    try {
      return await asked;
    } catch (thrown) {
      asked = null;
      throw thrown;
    }
  }

  async function command(
    script: string,
    { purpose, words }: Omit<OwnedRun, 'options'>,
  ): Promise<CommandSpec> {
    const enter = (await canEnter()) ? ['unshare', '--map-root-user', '--map-auto'] : [];
    const [program = '', ...args] = [...enter, '/bin/sh', '-c', script, 'sh'];
    return commandSpec(program, [...args, ...words], { purpose });
  }

  return {
    run: async (script, { options, ...work }) =>
      await host.run(await command(script, work), { isQuiet: true, ...options }),
    command,
    async remove(path) {
      const purpose = 'Remove a tree with its files of other ids';
      const words = [{ path: folderName(path) }, { path: baseName(path) }];
      const spec = commandSpec('/bin/sh', ['-c', removalScript, 'sh', ...words], { purpose });
      const { exitStatus, stderr } = await host.run(spec, { isQuiet: true });
      return exitStatus === 0 ? null : stderr.trim();
    },
  };
}
