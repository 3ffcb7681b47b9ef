import { accessSync, closeSync, constants, openSync, readSync, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as system } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { ReadStream } from 'node:tty';
import type { IPty } from 'node-pty';
import type { TerminalSize } from '#core/contract/terminals.ts';
import { errnoOf } from './fileErrors.ts';
import { hangUpSession } from './hangUp.ts';
import type { Pty } from './host.ts';

/** What a terminal is started with. Text only: words that are not UTF-8 are the caller's matter. */
export interface PtyLaunch {
  /** A path, or a name that is looked for in the PATH of `environment`. */
  readonly file: string;
  readonly args: readonly string[];
  /** All of it; TERM is set when it lacks one. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  readonly size: TerminalSize;
}

/**
 * What is used of node-pty 1.2.0-beta.15 beyond its types (lib/unixTerminal.js): the file descriptor and the name of
 * the slave, and the socket, because node-pty drops what a slow reader has not read yet (see LocalPty).
 */
interface NodePtyInternals {
  readonly fd: number;
  readonly ptsName: string;
  readonly _socket: ReadStream;
}

const retryWriteMs = 5;
/** The kernel gives 4095 bytes at most. */
const fullReadBytes = 4000;
/** Everything is read into this; listeners copy what they keep. */
const scratch = new Uint8Array(65_536);

/**
 * Starts a program in a pseudo-terminal of its own session. Reading begins with the first `onData`.
 * Throws what `child_process.spawn` would report: an Error with code ENOENT or EACCES for a program or folder that is
 * not there or may not be used, EINVAL for words with a NUL in them.
 */
export function spawnPty(launch: PtyLaunch): Pty {
  checkLaunch(launch);
  const terminal = nodePty().spawn(launch.file, [...launch.args], {
    name: launch.environment['TERM'] ?? 'xterm-256color',
    cols: launch.size.columns,
    rows: launch.size.rows,
    cwd: launch.workingFolder,
    env: { COLORTERM: 'truecolor', ...launch.environment },
    encoding: null,
  });
  return new LocalPty(terminal, terminal as unknown as NodePtyInternals);
}

/**
 * A running terminal. node-pty alone loses the end of the output: the kernel reports the hang-up together with the last
 * bytes, and 200 ms after the exit the socket is destroyed whatever is still unread. So the slave side is held open here
 * until all has been read (no hang-up is seen), and the destruction of the socket waits for a last synchronous read
 * that finds nothing more, however long the reader has paused.
 */
class LocalPty implements Pty {
  readonly processId: number;
  readonly #terminal: IPty;
  readonly #socket: ReadStream;
  readonly #fd: number;
  readonly #hold: number;
  readonly #destroySocket: () => void;
  readonly #dataListeners: ((bytes: Uint8Array) => void)[] = [];
  readonly #exitListeners: Parameters<Pty['onExit']>[0][] = [];
  #input: Uint8Array[] = [];
  #inputTimer: NodeJS.Timeout | null = null;
  #isPaused = false;
  #isDestroyDue = false;
  #isClosed = false;
  #disposed: Promise<void> | null = null;
  #end: Parameters<Parameters<Pty['onExit']>[0]>[0] | null = null;

  constructor(terminal: IPty, internals: NodePtyInternals) {
    this.processId = terminal.pid;
    this.#terminal = terminal;
    this.#socket = internals._socket;
    this.#fd = internals.fd;
    this.#hold = openSync(internals.ptsName, constants.O_RDWR | constants.O_NOCTTY);
    this.#destroySocket = this.#socket.destroy.bind(this.#socket);
    this.#socket.destroy = () => {
      this.#isDestroyDue = true;
      this.#finishReading();
      return this.#socket;
    };
    this.#socket.pause();
    this.#socket.on('data', (bytes: Uint8Array) => this.#readOn(bytes));
    terminal.onExit(({ exitCode, signal }) => this.#exited(exitCode, signal ?? 0));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#dataListeners.push(listener);
    this.#flow();
  }

  onExit(listener: Parameters<Pty['onExit']>[0]): void {
    const end = this.#end;
    if (end === null) this.#exitListeners.push(listener);
    else queueMicrotask(() => listener(end));
  }

  write(bytes: Uint8Array): void {
    if (this.#isClosed || bytes.length === 0) return;
    this.#input.push(bytes);
    if (this.#inputTimer === null) this.#sendInput();
  }

  resize(size: TerminalSize): void {
    if (!this.#isClosed) this.#terminal.resize(size.columns, size.rows);
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#flow();
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#hangUp();
    return this.#disposed;
  }

  async #hangUp(): Promise<void> {
    // Nobody reads any more, and a program that is blocked on its output could not end.
    this.#dataListeners.length = 0;
    this.#dataListeners.push(() => undefined);
    this.setPaused(false);
    if (this.#end !== null) return;
    const exited = new Promise<void>((done) => this.onExit(() => done()));
    const isGone = await hangUpSession(this.processId);
    if (!isGone && this.#end === null) {
      // Not ours to signal. Without its terminal the kernel hangs it up, whoever it belongs to.
      this.#close();
      this.#destroySocket();
    }
    await exited;
  }

  /**
   * The stream gives 4 kB at a time; after a full read what has come meanwhile is read directly and delivered with it,
   * so that a flood comes in large pieces.
   */
  #readOn(first: Uint8Array): void {
    if (this.#isClosed || first.length < fullReadBytes || this.#socket.readableLength > 0) {
      this.#deliver(first);
      return;
    }
    scratch.set(first);
    this.#deliver(scratch.subarray(0, readAll(this.#fd, first.length)));
  }

  #deliver(bytes: Uint8Array): void {
    for (const listener of this.#dataListeners) listener(bytes);
  }

  #flow(): void {
    if (this.#isClosed) return;
    if (this.#isReading()) {
      this.#socket.resume();
      if (this.#isDestroyDue) this.#finishReading();
    } else this.#socket.pause();
  }

  #isReading(): boolean {
    return !this.#isPaused && this.#dataListeners.length > 0;
  }

  /** Delivers what is left in the stream and in the kernel, then lets the socket go. Goes on when the reader does. */
  #finishReading(): void {
    if (this.#isClosed) return;
    while (this.#isReading() && this.#socket.read() !== null); // read() emits `data`
    let isDrained = false;
    while (!isDrained && this.#isReading()) {
      const length = readNow(this.#fd, 0); // until there is nothing: a short read is not enough here
      if (length === 0) isDrained = true;
      else this.#deliver(scratch.subarray(0, length));
    }
    if (!isDrained) return;
    this.#close();
    this.#destroySocket();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#inputTimer !== null) clearTimeout(this.#inputTimer);
    this.#input = [];
    closeSync(this.#hold);
  }

  #exited(exitCode: number, signalNumber: number): void {
    this.#close();
    const signal = signalNumber === 0 ? null : signalName(signalNumber);
    const end = { exitStatus: signal === null ? exitCode : null, signal };
    this.#end = end;
    for (const listener of this.#exitListeners) listener(end);
  }

  /**
   * Writes as much as the terminal takes now. node-pty's own queue spins while a program does not read its input, and
   * goes on writing to the number of a descriptor that is closed by then.
   */
  #sendInput(): void {
    this.#inputTimer = null;
    for (let first = this.#input[0]; first !== undefined; first = this.#input[0]) {
      const written = writeNow(this.#fd, first);
      if (written === first.length) this.#input.shift();
      else {
        this.#input[0] = first.subarray(written);
        this.#inputTimer = setTimeout(() => this.#sendInput(), retryWriteMs);
        return;
      }
    }
  }
}

/** Loaded with the first terminal, not with the workbench. */
function nodePty(): typeof import('node-pty') {
  return createRequire(import.meta.url)('node-pty');
}

/** Fills `scratch` from an offset on with all that the kernel has; gives its length. */
function readAll(fd: number, offset: number): number {
  let length = offset;
  // A shorter read means that there is no more: asking again would only cost an error object.
  for (let last = fullReadBytes; last >= fullReadBytes && length < scratch.length; length += last) {
    last = readNow(fd, length);
  }
  return length;
}

/** Reads what the kernel has right now into `scratch`, from an offset on; 0 for nothing. The descriptor does not block. */
function readNow(fd: number, offset: number): number {
  try {
    return readSync(fd, scratch, offset, scratch.length - offset, null);
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === 'EAGAIN' || code === 'EIO') return 0; // EIO: hung up, nothing more will come
    throw thrown;
  }
}

function writeNow(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === 'EAGAIN') return 0;
    if (code === 'EIO') return bytes.length; // hung up: nobody will ever read it
    throw thrown;
  }
}

function signalName(number: number): string {
  const found = Object.entries(system.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}

/** node-pty reports neither a missing program nor a missing folder: the child then prints a line and ends with 1. */
function checkLaunch({ file, args, environment, workingFolder }: PtyLaunch): void {
  const words = [file, ...args, workingFolder, ...Object.entries(environment).flat()];
  if (words.some((word) => word.includes('\0'))) throw launchError('EINVAL', file);
  if (!statSync(workingFolder, { throwIfNoEntry: false })?.isDirectory())
    throw launchError('ENOENT', workingFolder);
  const candidates = file.includes('/')
    ? [resolve(workingFolder, file)]
    : (environment['PATH'] ?? '/usr/bin:/bin').split(delimiter).map((folder) => join(folder, file));
  const found = candidates.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (found.length === 0) throw launchError('ENOENT', file);
  if (!found.some(isExecutable)) throw launchError('EACCES', file);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // whatever the reason, it cannot be run
  }
}

function launchError(code: 'ENOENT' | 'EACCES' | 'EINVAL', path: string): Error {
  return Object.assign(new Error(`spawn ${path} ${code}`), { code, path, syscall: 'spawn' });
}
