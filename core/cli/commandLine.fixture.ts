import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Core, createCore } from '#core/createCore.ts';
import { runCommandLine } from './runCommandLine.ts';

/** The command line on a core whose settings, data, state and cache are in a folder of their own. */
export interface CommandLineFixture {
  readonly core: Core;
  /** The working folder, with all that is kept below it. */
  readonly home: string;
  /** What the last command wrote. */
  readonly said: { readonly stdout: string; readonly stderr: string };
  /** Runs a command; its exit status. Nobody answers it, and nothing is on standard input. */
  run(...words: readonly string[]): Promise<number>;
  dispose(): Promise<void>;
}

export async function openCommandLine(
  options: {
    /** More of the environment, until the end; `home` is the working folder. */
    readonly environment?: (home: string) => Readonly<Record<string, string>>;
  } = {},
): Promise<CommandLineFixture> {
  const home = mkdtempSync(join(tmpdir(), 'command-line-'));
  const kept = { ...process.env };
  for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE'])
    process.env[`XDG_${name}_HOME`] = join(home, name.toLowerCase());
  Object.assign(process.env, options.environment?.(home));
  const core = await createCore({ door: 'loopback', capabilities: [] });
  let said = { stdout: '', stderr: '' };
  return {
    core,
    home,
    get said() {
      return said;
    },
    async run(...words) {
      said = { stdout: '', stderr: '' };
      return await runCommandLine(words, {
        stdin: Readable.from([]),
        stdout: { write: (text) => (said.stdout += text) },
        stderr: { write: (text) => (said.stderr += text) },
        workingFolder: home,
        openCore: async () => core,
        onInterrupt: () => () => undefined,
        askSecret: () => Promise.resolve(null),
        holdInterrupts: () => () => undefined,
      });
    },
    async dispose() {
      await core.dispose();
      process.env = kept;
      // The synchronous one of node 24 stops at the closed folders that overlays leave.
      await rm(home, { recursive: true, force: true });
    },
  };
}
