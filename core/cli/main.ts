import { localHostId } from '#core/contract/ids.ts';
import type { Core } from '#core/createCore.ts';
import { exitStatus } from './exitStatus.ts';
import { runCommandLine } from './runCommandLine.ts';

const interrupts = new Set<() => void>();
let interruptCount = 0;
let heldCount = 0;

/** The first interrupt asks the command to end, the second ends it at once; with no command that listens, so does the first. */
function interrupt(): void {
  if (heldCount > 0) return;
  interruptCount += 1;
  if (interruptCount > 1 || interrupts.size === 0) process.exit(exitStatus.interrupted);
  for (const listener of interrupts) listener();
}

/** A core that is created when it is first asked for. */
function lazyCore() {
  let opened: Promise<Core> | undefined;
  return {
    open: () => {
      opened ??= Promise.all([
        import('#core/createCore.ts'),
        import('#core/hosts/ssh/terminalAsker.ts'),
      ]).then(([{ createCore }, { terminalAsker }]) =>
        createCore({ door: 'loopback', capabilities: [], asker: terminalAsker() }),
      );
      return opened;
    },
    dispose: async () => {
      // One that could not be created was reported by the command that asked for it.
      const core = await opened?.catch(() => undefined);
      await core?.dispose();
    },
  };
}

/** Waits until everything written has left the process. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** Runs the command line of this process, and ends it with the command's status. */
export async function main(): Promise<never> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // `mysingularity list | head`: whoever read has enough.
      if (error.code === 'EPIPE') process.exit(exitStatus.done);
      throw error;
    });
  }

  const core = lazyCore();
  const status = await runCommandLine(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    workingFolder: process.cwd(),
    openCore: core.open,
    askSecret: async (text) => {
      const { terminalAsker } = await import('#core/hosts/ssh/terminalAsker.ts');
      const asker = terminalAsker();
      if (!asker.canAsk) return null;
      const question = { hostId: localHostId, kind: 'secret' as const, text, fingerprint: null };
      return await asker.ask(question, new AbortController().signal);
    },
    onInterrupt: (listener) => {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
    holdInterrupts: () => {
      heldCount += 1;
      return () => {
        heldCount -= 1;
      };
    },
  });
  await core.dispose();
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(status);
}
