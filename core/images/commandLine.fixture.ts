import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { ErrorReport } from '#core/contract/errors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a pull of another process says, line by line: `mysingularity pull --json`. */
export interface PullLine {
  readonly type: 'progress' | 'succeeded' | 'failed' | 'cancelled';
  readonly phase?: string;
  readonly fraction?: number | null;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  readonly error?: ErrorReport;
}

export interface PullProcess {
  readonly child: ChildProcess;
  readonly lines: readonly PullLine[];
  /** Everything that it wrote to standard error. */
  stderr(): string;
  /** Resolves when the process is gone, with its exit status (null after a signal). */
  readonly ended: Promise<number | null>;
}

export interface PullProcessOptions {
  /** Home of everything that the process keeps. */
  readonly home: string;
  readonly words: readonly string[];
  readonly onLine?: (line: PullLine, child: ChildProcess) => void;
  /** Words before the command, such as `unshare -Urm …`. */
  readonly before?: readonly string[];
}

/** The command line of this checkout, bundled into `folder`: node runs no TypeScript. Answers with its path. */
export async function bundleCommandLine(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['node-pty', 'bufferutil', 'utf-8-validate'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      copyPublicDir: false,
      rollupOptions: {
        input: { commandLine: join(root, 'core/cli/main.ts') },
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
  const program = join(folder, 'mysingularity.mjs');
  writeFileSync(program, "import { main } from './commandLine.mjs';\nawait main();\n");
  return program;
}

/** Starts a pull in a process of its own. */
export function startPullProcess(program: string, options: PullProcessOptions): PullProcess {
  const temporary = join(options.home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const [file = process.execPath, ...rest] = [
    ...(options.before ?? []),
    process.execPath,
    program,
    'pull',
    '--json',
    ...options.words,
  ];
  const child = spawn(file, rest, {
    env: { ...process.env, ...homeEnvironment(options.home), TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: PullLine[] = [];
  let stderr = '';
  let pending = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${pending}${text}`.split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) {
      const line: PullLine = JSON.parse(part);
      lines.push(line);
      options.onLine?.(line, child);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', (status) => resolve(status)));
  return { child, lines, stderr: () => stderr, ended };
}

function homeEnvironment(home: string): Record<string, string> {
  return {
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
}
