import type { HostPath } from '#core/contract/hostPath.ts';
import { baseName } from '#core/contract/hostPath.ts';
import type { SandboxShell } from '#core/contract/sandboxes.ts';
import { capabilityEnvironment, type Runtime, unmistakable } from './action.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import { showCommand } from './shellWords.ts';

export interface SandboxShellFacts {
  /** Null where the host has none. */
  readonly runtime: Runtime | null;
  /** The person is root on the host. */
  readonly isRoot: boolean;
  /** Namespaces may have all subordinate ids of the person, not her own alone. */
  readonly canMapAll: boolean;
  /** Where histories of writable shells go: a folder of the host, outside of the sandbox. */
  readonly historyFolder: HostPath;
  /** Of the sandbox; names its temporary files. */
  readonly sandboxId: string;
}

/**
 * Runs what follows FOLDER and ID with HISTFILE in a private folder below /tmp, which every way makes visible inside: the
 * shell's own history is kept at its end (also at a hang-up), and the sandbox's tree has nothing of it. Keystrokes are
 * never read. Programs of others want USER.
 */
const withHistory = `folder=$1 id=$2; shift 2
USER=\${USER:-$(id -un)}; export USER
old=$(umask); umask 077
mkdir -p "$folder" && own=$(mktemp -d "/tmp/.mysingularity-shell-$id-XXXXXX") || exec "$@"
keep() {
  umask 077
  if [ -s "$own/history" ]; then cat "$own/history" >"$folder/.new-$$" && mv "$folder/.new-$$" "$folder/$(date +%s)-$$.history"; fi
  rm -rf "$own"
}
trap keep EXIT
trap : INT QUIT
trap 'exit 129' HUP
trap 'exit 143' TERM
umask "$old"
HISTFILE=$own/history APPTAINERENV_HISTFILE=$own/history SINGULARITYENV_HISTFILE=$own/history "$@"`;

/** bash keeps a history, and reads no start file of the person here; where there is none, sh does. */
const innerShell = 'cd /; if [ -x /bin/bash ]; then exec /bin/bash --norc -i; fi; exec /bin/sh -i';

/** `$1` is the sandbox, `$2` is `w` where it may be written. */
const chrootInside = `mount --rbind "$1" "$1" || exit 1
[ "$2" = w ] || mount -o remount,bind,ro "$1" || exit 1
for each in /dev /tmp; do [ ! -d "$1$each" ] || mount --rbind "$each" "$1$each"; done
[ ! -d "$1/proc" ] || mount -t proc proc "$1/proc"
cd "$1" && exec chroot "$1" /bin/sh -c '${innerShell}'`;

/** The command of a shell in a sandbox. A writable one keeps its history. Whether the way is possible was asked before. */
export function sandboxShellCommand(shell: SandboxShell, facts: SandboxShellFacts): CommandSpec {
  const { words, environment } = wordsOf(shell, facts);
  const purpose = `Shell in ${baseName(shell.path)}`;
  const [program = '', ...args] = words;
  if (shell.way === 'readOnly') return commandSpec(program, args, { purpose, environment });
  const byHand = showCommand(commandSpec(program, args, { purpose }));
  const script = isWritable(shell)
    ? withHistory
    : `shift 2; USER=\${USER:-$(id -un)}; export USER; exec "$@"`;
  return commandSpec(
    '/bin/sh',
    ['-c', script, 'sh', { path: facts.historyFolder }, facts.sandboxId, ...words],
    { purpose, environment, byHand },
  );
}

/** Whether what is done in it stays. */
export function isWritable({ way, isWritable: wanted }: SandboxShell): boolean {
  if (way === 'readOnly') return false;
  return way === 'writable' || way === 'writableRoot' || wanted;
}

function wordsOf(
  { way, path, isWritable: writes, isRoot: asRoot }: SandboxShell,
  { runtime, isRoot, canMapAll }: SandboxShellFacts,
): { readonly words: readonly Argument[]; readonly environment: CommandSpec['environment'] } {
  const place = { path: unmistakable(path) };
  switch (way) {
    case 'readOnly':
    case 'writable':
    case 'writableRoot': {
      if (runtime === null) return { words: [], environment: {} };
      const flags = [
        ...(way === 'writableRoot' && !isRoot ? ['--fakeroot'] : []),
        ...(way === 'readOnly' ? [] : ['--writable']),
      ];
      return {
        words: [{ path: runtime.path }, 'shell', ...flags, place],
        environment: capabilityEnvironment(runtime),
      };
    }
    case 'charliecloud':
      return {
        words: [
          'ch-run',
          ...(writes ? ['--write'] : []),
          ...(asRoot ? ['--uid', '0', '--gid', '0'] : []),
          place,
          '--',
          '/bin/sh',
          '-c',
          innerShell,
        ],
        environment: {},
      };
    case 'bubblewrap':
      return {
        words: [
          'bwrap',
          writes ? '--bind' : '--ro-bind',
          place,
          '/',
          ...['--dev-bind', '/dev', '/dev', '--proc', '/proc', '--bind', '/tmp', '/tmp'],
          ...(asRoot ? ['--unshare-user', '--uid', '0', '--gid', '0'] : []),
          ...['--unshare-pid', '--die-with-parent', '--chdir', '/', '/bin/sh', '-c', innerShell],
        ],
        environment: {},
      };
    case 'unshare':
      return {
        words: [
          'unshare',
          '--map-root-user',
          ...(canMapAll ? ['--map-auto'] : []),
          ...['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', '-c', chrootInside, 'sh'],
          place,
          writes ? 'w' : 'r',
        ],
        environment: {},
      };
  }
}
