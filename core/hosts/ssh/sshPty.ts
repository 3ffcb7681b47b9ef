import { StringDecoder } from 'node:string_decoder';
import { setTimeout as after } from 'node:timers/promises';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { TerminalSize } from '#core/contract/terminals.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { Pty } from '../host.ts';
import { spawnPty } from '../pty.ts';
import { createDeferred } from './deferred.ts';
import { createFence, type Fence, newMarker } from './fence.ts';
import {
  programScript,
  type StartFailure,
  terminalInput,
  terminalWord,
  wrapScript,
} from './remoteCommand.ts';
import { type RemoteContext, startFailure } from './remoteContext.ts';
import { type RemoteMark, startFailureOf } from './remoteProcess.ts';
import { hangUpRemoteSession } from './remoteProcesses.ts';
import type { ByteText } from './remoteWords.ts';
import type { ChannelUse } from './sshConnection.ts';
import { explainSilence, spawnFailure } from './sshProcess.ts';

export interface SshPtyOptions {
  readonly use: ChannelUse;
  readonly size: TerminalSize;
  readonly workingFolder?: HostPath;
  readonly signal?: AbortSignal | undefined;
}

/** The person's keys are the program's, all of them; ssh's farewell would be taken for the program's output. */
const terminalOptions = ['-tt', '-e', 'none', '-o', 'LogLevel=ERROR'];
/**
 * ssh makes the local terminal raw some time after the session began. Until then it would echo what we send, and keep an
 * interrupt for ssh: so it is raw from the start, and so is the remote one, which ssh sets like it.
 */
const rawStart = 'stty raw -echo; exec "$0" "$@"';
const noiseCharacters = 8192;
const reachMs = 6000;

/** Starts a command in a remote terminal; resolves when the program is about to run. */
export async function startSshPty(
  context: RemoteContext,
  spec: CommandSpec,
  options: SshPtyOptions,
): Promise<SshPty> {
  const { connection } = context;
  const colours = 'export COLORTERM=truecolor';
  const environment = `${await context.environment()}\n${colours}`;
  const channel = await connection.openChannel(options.use, options.signal);
  const marker = newMarker();
  try {
    const terminal = spawnPty({
      file: '/bin/sh',
      args: ['-c', rawStart, channel.program, ...terminalOptions, ...channel.args, terminalWord(marker)],
      environment: { ...channel.environment, TERM: 'xterm-256color' },
      workingFolder: '/',
      size: options.size,
    });
    const script = wrapScript(marker, programScript(spec, environment, options.workingFolder));
    const pty = new SshPty(context, terminal, { marker, script, release: channel.release });
    const failure = await pty.started;
    if (failure !== null) throw startFailure(context, spec, failure, options.workingFolder);
    return pty;
  } catch (thrown) {
    channel.release();
    throw spawnFailure(connection, thrown);
  }
}

type Listener = Parameters<Pty['onData']>[0];
type ExitListener = Parameters<Pty['onExit']>[0];
type End = Parameters<ExitListener>[0];

interface Start {
  readonly marker: string;
  readonly script: ByteText;
  readonly release: () => void;
}

/**
 * A terminal of the local ssh, seen as the terminal of the remote program: what login shells print before it and the
 * marks of the wrapper are taken out, everything else passes byte for byte. A cut line ends it with SIGHUP, as a modem
 * that hangs up does.
 */
export class SshPty implements Pty {
  readonly #context: RemoteContext;
  readonly #terminal: Pty;
  readonly #fence: Fence;
  readonly #started = createDeferred<StartFailure | null>();
  readonly #decoder = new StringDecoder('utf8');
  #dataListeners: Listener[] = [];
  #exitListeners: ExitListener[] = [];
  #early: Buffer[] = [];
  #input: Uint8Array[] = [];
  #noise = '';
  #mark: RemoteMark | null = null;
  #hasStarted = false;
  #exitStatus: number | null = null;
  #end: End | null = null;
  #isPaused = false;
  #isCut = false;
  #disposed: Promise<void> | null = null;

  constructor(context: RemoteContext, terminal: Pty, { marker, script, release }: Start) {
    this.#context = context;
    this.#terminal = terminal;
    this.#fence = createFence(marker, {
      onData: (bytes) => this.#take(bytes),
      onMark: ([kind, ...words]) => {
        if (kind === 'R') terminal.write(terminalInput(script));
        else if (kind === 'B' && words.length > 0) this.#begin(words);
        else if (kind === 'F') this.#started.resolve(startFailureOf(words[0]));
        else if (kind === 'S') this.#start();
        else if (kind === 'E') this.#exitStatus = Number(words[0]);
      },
    });
    terminal.onExit(({ exitStatus }) => {
      release();
      this.#fence.end();
      this.#exited(exitStatus).catch((thrown: unknown) => this.#started.reject(thrown));
    });
    terminal.onData((bytes) => this.#fence.add(Buffer.from(bytes)));
  }

  /** Null when the program is about to run; why not, otherwise. */
  get started(): Promise<StartFailure | null> {
    return this.#started.promise;
  }

  /** The remote wrapper: its session is the terminal's. */
  get mark(): RemoteMark {
    return this.#mark ?? { processId: 0, group: 0, startTicks: '' };
  }

  /** The remote process. */
  get processId(): number {
    return this.mark.processId;
  }

  /** True when the line was cut under it. */
  get isCut(): boolean {
    return this.#isCut;
  }

  onData(listener: Listener): void {
    this.#dataListeners.push(listener);
    for (const bytes of this.#early.splice(0)) listener(bytes);
    this.#flow();
  }

  onExit(listener: ExitListener): void {
    const end = this.#end;
    if (end === null) this.#exitListeners.push(listener);
    else queueMicrotask(() => listener(end));
  }

  write(bytes: Uint8Array): void {
    if (this.#mark === null) this.#input.push(bytes.slice());
    else this.#terminal.write(bytes);
  }

  resize(size: TerminalSize): void {
    this.#terminal.resize(size);
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
    this.#dataListeners = [() => undefined]; // nobody reads any more, and a blocked program could not end
    this.setPaused(false);
    if (this.#end === null && this.#mark !== null) {
      const { shell, machine } = this.#context;
      const reached = hangUpRemoteSession(shell, machine(), this.#mark).catch(() => undefined); // out of reach
      await Promise.race([reached, after(reachMs)]);
    }
    await this.#terminal.dispose();
  }

  #begin([processId, group, startTicks]: readonly string[]): void {
    this.#mark = { processId: Number(processId), group: Number(group), startTicks: startTicks ?? '' };
    for (const bytes of this.#input.splice(0)) this.#terminal.write(bytes);
  }

  #start(): void {
    this.#hasStarted = true;
    this.#flow();
    this.#started.resolve(null);
  }

  #take(bytes: Buffer): void {
    if (this.#exitStatus !== null) return; // ssh's own farewell
    if (this.#mark === null) {
      this.#noise = `${this.#noise}${this.#decoder.write(bytes)}`.slice(-noiseCharacters);
      return;
    }
    if (this.#dataListeners.length === 0) this.#early.push(Buffer.from(bytes));
    else for (const listener of this.#dataListeners) listener(bytes);
  }

  #flow(): void {
    this.#terminal.setPaused(this.#isPaused || (this.#hasStarted && this.#dataListeners.length === 0));
  }

  async #exited(sshStatus: number | null): Promise<void> {
    const { connection, shell } = this.#context;
    if (this.#mark === null) {
      const end = { exitStatus: sshStatus, hasBegun: false, noise: '', stderr: this.#noise };
      throw explainSilence(connection, end);
    }
    if (this.#exitStatus !== null) return this.#finish({ exitStatus: this.#exitStatus, signal: null });
    // The wrapper did not tell: hung up by us, killed with its program, or the line is cut.
    if (this.#disposed !== null) return this.#finish({ exitStatus: null, signal: 'SIGHUP' });
    this.#isCut = !(await shell.isAnswering());
    if (this.#isCut) connection.reportLoss();
    this.#finish({ exitStatus: null, signal: this.#isCut ? 'SIGHUP' : 'SIGKILL' });
  }

  #finish(end: End): void {
    this.#end = end;
    for (const listener of this.#exitListeners.splice(0)) listener(end);
  }
}
