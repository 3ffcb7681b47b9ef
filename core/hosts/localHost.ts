import { spawn } from 'node:child_process';
import { homedir, tmpdir } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { CommandObserver } from './commandObserver.ts';
import { errnoOf } from './fileErrors.ts';
import type { CommandOutcome, Host, Pty, PtyOptions, RunOptions } from './host.ts';
import { type Launch, launchOf, plainFolder } from './launch.ts';
import { localFiles } from './localFiles.ts';
import { lineSplitter, tailKeeper } from './output.ts';
import { endProcessGroup } from './processGroup.ts';
import { spawnPty } from './pty.ts';

export interface LocalHostOptions {
  /** What children start with: already free of variables that would change the runtime's meaning. */
  readonly environment: Readonly<Record<string, string>>;
  readonly observer: CommandObserver;
}

/** The machine on which core runs. */
export function createLocalHost({ environment, observer }: LocalHostOptions): Host {
  return {
    id: localHostId,
    kind: 'local',
    label: 'local',
    homeFolder: hostPathFromText(homedir()),
    files: localFiles,
    async run(spec, options = {}) {
      options.signal?.throwIfAborted();
      const launch = launchHere(spec, environment, options.workingFolder);
      const record =
        options.isQuiet === true ? null : observer.started(localHostId, spec, options.taskId ?? null);
      const outcome = await (options.terminal === undefined
        ? runWithPipes(spec, launch, options)
        : runWithTerminal(spec, launch, { ...options, terminal: options.terminal })
      ).catch((thrown: unknown) => {
        record?.ended(null);
        throw thrown;
      });
      record?.ended(outcome.exitStatus);
      options.signal?.throwIfAborted();
      return outcome;
    },
    async openPty(spec, options) {
      const record = observer.started(localHostId, spec, options.taskId ?? null);
      const pty = startPty(spec, launchHere(spec, environment, options.workingFolder), options);
      pty.onExit((end) => record.ended(end.exitStatus));
      return pty;
    },
  };
}

interface HereLaunch extends Launch {
  readonly workingFolder: string;
}

function launchHere(
  spec: CommandSpec,
  environment: Readonly<Record<string, string>>,
  folder: RunOptions['workingFolder'],
): HereLaunch {
  const isPlain = folder === undefined || hostPathToText(folder) !== null;
  const launch = launchOf(spec, environment, isPlain ? null : folder);
  return { ...launch, workingFolder: plainFolder(folder) ?? startFolder() };
}

/** The home folder when it exists, else the temporary one: a folder that is gone must not stop every command. */
function startFolder(): string {
  return homedir() === '' ? tmpdir() : homedir();
}

async function runWithPipes(
  spec: CommandSpec,
  launch: HereLaunch,
  options: RunOptions,
): Promise<CommandOutcome> {
  const startedAt = performance.now();
  const child = spawn(launch.file, launch.args, {
    cwd: launch.workingFolder,
    env: launch.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that all of it can be ended
  });
  const stdout = tailKeeper(options.keepBytes);
  const stderr = tailKeeper(options.keepBytes);
  let isClosed = false;
  const closed = new Promise<{ exitStatus: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', (thrown) => reject(startError(spec, thrown)));
    child.on('close', (exitStatus, signal) => {
      isClosed = true;
      resolve({ exitStatus, signal });
    });
  });
  child.stdin.on('error', () => undefined); // the command may end without reading its input: its exit status tells
  child.stdin.end(options.stdin ?? '');
  follow(child.stdout, stdout, (line) => options.onLine?.(line, 'stdout'));
  follow(child.stderr, stderr, (line) => options.onLine?.(line, 'stderr'));
  const stop = endOnAbort(
    options.signal,
    child.pid,
    () => isClosed || child.exitCode !== null || child.signalCode !== null,
  );
  try {
    const end = await closed;
    await stop.settled();
    return {
      ...end,
      stdout: stdout.text(),
      stderr: stderr.text(),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    stop.dispose();
  }
}

async function runWithTerminal(
  spec: CommandSpec,
  launch: HereLaunch,
  options: RunOptions & Required<Pick<RunOptions, 'terminal'>>,
): Promise<CommandOutcome> {
  const startedAt = performance.now();
  const pty = startPty(spec, launch, { size: options.terminal });
  const kept = tailKeeper(options.keepBytes);
  const decoder = new StringDecoder('utf8');
  const lines = lineSplitter((line) => options.onLine?.(line, 'stdout'));
  const take = (text: string) => {
    if (text === '') return;
    kept.add(text);
    options.onChunk?.(text);
    lines.add(text);
  };
  pty.onData((bytes) => take(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))));
  let isGone = false;
  const stop = endOnAbort(options.signal, pty.processId, () => isGone);
  try {
    const end = await new Promise<{ exitStatus: number | null; signal: string | null }>((resolve) => {
      pty.onExit((value) => {
        isGone = true;
        resolve(value);
      });
    });
    take(decoder.end());
    lines.end();
    await stop.settled();
    return { ...end, stdout: kept.text(), stderr: '', durationMs: performance.now() - startedAt };
  } finally {
    stop.dispose();
  }
}

function startPty(spec: CommandSpec, launch: HereLaunch, options: PtyOptions): Pty {
  try {
    return spawnPty({ ...launch, size: options.size });
  } catch (thrown) {
    throw startError(spec, thrown);
  }
}

function startError(spec: CommandSpec, thrown: unknown): unknown {
  const code = errnoOf(thrown);
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') return thrown;
  const program =
    typeof spec.program === 'string' ? spec.program : 'path' in spec.program ? spec.program.path : '';
  return workbenchError(
    code === 'EACCES' ? 'host.permissionDenied' : 'host.commandMissing',
    code === 'EACCES' ? { path: program } : { program },
    { hostId: localHostId, command: showCommand(spec), cause: thrown },
  );
}

function follow(
  stream: NodeJS.ReadableStream,
  keeper: { add(text: string): void },
  onLine: (line: string) => void,
): void {
  const lines = lineSplitter(onLine);
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    keeper.add(text);
    lines.add(text);
  });
  stream.on('end', () => lines.end());
}

/** Ends the process group when the signal aborts; `settled` waits until a started ending has ended. */
function endOnAbort(signal: AbortSignal | undefined, processId: number | undefined, isGone: () => boolean) {
  let ending: Promise<void> = Promise.resolve();
  const onAbort = () => {
    if (processId !== undefined) ending = endProcessGroup(processId, isGone);
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    settled: () => ending,
    dispose: () => signal?.removeEventListener('abort', onAbort),
  };
}
