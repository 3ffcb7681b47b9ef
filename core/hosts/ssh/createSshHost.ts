import { hostPathFromBytes } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { CommandObserver } from '../commandObserver.ts';
import type { CommandOutcome, Host, RunOptions } from '../host.ts';
import { type CallerStreams, runAttachedOverSsh } from './attachedSsh.ts';
import type { RemoteContext } from './remoteContext.ts';
import {
  askLoginEnvironment,
  loginEnvironmentScript,
  parseEnvironment,
  type RemoteVariables,
} from './remoteEnvironment.ts';
import { fileLibrary } from './remoteFiles.ts';
import { processLibrary, type RemoteMachine } from './remoteProcesses.ts';
import { RemoteShell } from './remoteShell.ts';
import { type ByteText, bytesOf } from './remoteWords.ts';
import { isForShell, runOnShell, runWithPipes, runWithTerminal } from './runRemote.ts';
import type { SshConnection } from './sshConnection.ts';
import { createSshFiles } from './sshFiles.ts';
import { startSshPty } from './sshPty.ts';

export interface SshHostOptions {
  readonly id: HostId;
  readonly label: string;
  readonly connection: SshConnection;
  readonly observer: CommandObserver;
  /** Shell lines that run before each command, asked each time: `module load apptainer`. */
  readonly initLines: () => string;
}

/** A host at the other end of a connection. */
export interface SshHost extends Host {
  /** Runs a command on the terminal or the pipes of this process; gives its exit status. */
  runAttached(spec: CommandSpec, streams: CallerStreams): Promise<number>;
}

/** What the persistent shell says of itself when it starts. */
interface Greeting {
  readonly machine: RemoteMachine;
  readonly variables: RemoteVariables;
}

const greetingScript =
  'b=; h=; { read -r b </proc/sys/kernel/random/boot_id; read -r h </proc/sys/kernel/hostname; } 2>/dev/null; printf "%s\\0%s\\0" "$b" "$h"; cat "/proc/$$/environ"';

/**
 * The host at the other end of a connection. Connects where that is needed, asks for the home folder and goes on over
 * cut and restored lines. Fails as `SshConnection.openChannel` does, and with host.loginShell.
 */
export async function openSshHost(options: SshHostOptions): Promise<SshHost> {
  const { id, label, connection, observer } = options;
  const shell = new RemoteShell(connection, `${processLibrary}\n${fileLibrary}`);
  let greeting = await greet(shell);
  const environment = rememberEnvironment(options, shell, async () => {
    greeting = await greet(shell);
    return greeting;
  });
  const context: RemoteContext = { connection, shell, environment, machine: () => greeting.machine };
  const home = greeting.variables.get('HOME');
  if (home === undefined)
    throw workbenchError('host.loginShell', { host: label, shell: null }, { hostId: id });
  const host: Host = {
    id,
    kind: 'ssh',
    label,
    homeFolder: hostPathFromBytes(bytesOf(home)),
    files: createSshFiles(context),
    async run(spec, runOptions = {}) {
      runOptions.signal?.throwIfAborted();
      const record =
        runOptions.isQuiet === true ? null : observer.started(id, spec, runOptions.taskId ?? null);
      try {
        const outcome = await runHere(context, spec, runOptions);
        record?.ended(outcome.exitStatus);
        runOptions.signal?.throwIfAborted();
        return outcome;
      } catch (thrown) {
        record?.ended(null);
        throw thrown;
      }
    },
    async openPty(spec, ptyOptions) {
      const record = observer.started(id, spec, ptyOptions.taskId ?? null);
      try {
        const pty = await startSshPty(context, spec, { ...ptyOptions, use: 'terminal' });
        pty.onExit((end) => record.ended(end.exitStatus));
        return pty;
      } catch (thrown) {
        record.ended(null);
        throw thrown;
      }
    },
  };
  return {
    ...host,
    runAttached: (spec, streams) => runAttachedOverSsh(context, host, { spec, streams }),
  };
}

async function runHere(
  context: RemoteContext,
  spec: CommandSpec,
  options: RunOptions,
): Promise<CommandOutcome> {
  const { terminal } = options;
  if (terminal !== undefined) return await runWithTerminal(context, spec, { ...options, terminal });
  return await (isForShell(options) ? runOnShell : runWithPipes)(context, spec, options);
}

async function greet(shell: RemoteShell): Promise<Greeting> {
  const { stdout } = await shell.run(greetingScript, { isRepeatable: true });
  const text = stdout.toString('latin1');
  const [bootId = '', node = ''] = text.split('\0', 2);
  const environ = stdout.subarray(bootId.length + node.length + 2);
  return { machine: { bootId, node }, variables: parseEnvironment(environ) };
}

/** Asks for the environment of a login once for each connection and text of the init lines. */
function rememberEnvironment(
  { connection, initLines }: SshHostOptions,
  shell: RemoteShell,
  greeted: () => Promise<Greeting>,
): () => Promise<ByteText> {
  let known: { readonly key: string; readonly script: Promise<ByteText> } | null = null;
  const ask = async (lines: string) => {
    const [{ variables }, login] = await Promise.all([greeted(), askLoginEnvironment(connection, lines)]);
    return loginEnvironmentScript(variables, login);
  };
  return async () => {
    const lines = initLines();
    const key = `${shell.generation} ${lines}`;
    if (known?.key === key) return await known.script;
    const script = ask(lines);
    const mine = { key, script };
    known = mine;
    script.catch(() => {
      if (known === mine) known = null;
    });
    return await script;
  };
}
