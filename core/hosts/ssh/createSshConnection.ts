import type { ErrorReport } from '#core/contract/errors.ts';
import type { Connection } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { reportOf, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Asker } from './asker.ts';
import { ChannelQueue } from './channelQueue.ts';
import { defaultRuntimeFolder } from './runtimeFolder.ts';
import type { ChannelUse, SshChannel, SshConnection } from './sshConnection.ts';
import {
  askingEnvironment,
  openLine,
  type SshLine,
  type SshTarget,
  sessionArgs,
  startQuestions,
} from './sshLine.ts';
import { holdMaster } from './sshMaster.ts';

export interface SshConnectionOptions {
  readonly hostId: HostId;
  /** What the person calls the host. */
  readonly label: string;
  /** An alias of the ssh configuration or `user@host`; never an option. */
  readonly destination: string;
  /** Null takes what the ssh configuration says. */
  readonly port: number | null;
  /** False signs in anew for each channel. */
  readonly sharesConnection: boolean;
  /** Another ssh_config than the person's own. */
  readonly configFile?: string;
  /** A folder of mode 0700 with a short path; by default one in XDG_RUNTIME_DIR or the temporary folder. */
  readonly runtimeFolder?: string;
  readonly asker: Asker;
  /** Called after each change of the state. */
  readonly onChange: (connection: Connection) => void;
  /** What ssh starts with: PATH, HOME, SSH_AUTH_SOCK, … */
  readonly environment: Readonly<Record<string, string>>;
  /** Closes the line after so long without work or terminals; 30 by default. */
  readonly idleMinutes?: number;
}

/** The line to one ssh host by the system's OpenSSH. Nothing is connected until it is asked for. */
export function createSshConnection(options: SshConnectionOptions): SshConnection {
  return new OpenSshConnection(options);
}

interface Attempt {
  readonly isSilent: boolean;
  readonly done: Promise<SshLine>;
  readonly abort: AbortController;
}

/** Failures after which nothing is tried without the person: each may count against him at the host. */
const refusals: readonly string[] = ['host.authenticationFailed', 'host.keyUnknown', 'host.keyChanged'];

class OpenSshConnection implements SshConnection {
  readonly hostId: HostId;
  readonly label: string;
  readonly #target: SshTarget;
  readonly #onChange: (connection: Connection) => void;
  readonly #idleMs: number;
  readonly #queue = new ChannelQueue();
  #connection: Connection = { state: 'disconnected', since: Date.now(), reason: null };
  #attempt: Attempt | null = null;
  #line: SshLine | null = null;
  /** Whether a new line may be opened by itself: once, and only where the last one asked nothing. */
  #maySilently = true;
  #idle: NodeJS.Timeout | null = null;
  /** What channels that signed in by themselves leave to remove. */
  readonly #removals = new Set<Promise<unknown>>();

  constructor({ onChange, idleMinutes = 30, ...options }: SshConnectionOptions) {
    const { hostId, label, environment } = options;
    this.hostId = hostId;
    this.label = label;
    this.#target = { ...options, runtimeFolder: options.runtimeFolder ?? defaultRuntimeFolder(environment) };
    this.#onChange = onChange;
    this.#idleMs = idleMinutes * 60_000;
  }

  state(): Connection {
    return this.#connection;
  }

  async connect(): Promise<void> {
    if (this.#line !== null) return;
    if (this.#attempt?.isSilent === true) {
      const line = await this.#attempt.done.catch(() => null); // it may only have lacked a person: asked below
      if (line !== null) return;
    }
    await (this.#attempt ?? this.#start(false)).done;
  }

  async openChannel(use: ChannelUse, signal?: AbortSignal): Promise<SshChannel> {
    signal?.throwIfAborted();
    await withSignal(this.#ready(), signal);
    const giveBack = await this.#queue.take(use, signal);
    try {
      // The line may have gone while this waited in its turn.
      const line = await withSignal(this.#ready(), signal);
      return await this.#channel(use, line, giveBack);
    } catch (thrown) {
      giveBack();
      throw thrown;
    }
  }

  reportLoss(): void {
    const line = this.#line;
    if (line === null) return;
    if (line.socket === null) {
      this.#lose(line, '');
      return;
    }
    // A master that is there still: only the one session ended.
    holdMaster(line.socket).then(
      (held) => (held === null ? this.#lose(line, '') : held.destroy()),
      () => this.#lose(line, ''),
    );
  }

  async disconnect(): Promise<void> {
    this.#maySilently = false;
    await this.#close();
  }

  async #close(): Promise<void> {
    const [attempt, line] = [this.#attempt, this.#line];
    this.#line = null;
    this.#stopIdle();
    attempt?.abort.abort(this.#notConnected());
    await attempt?.done.catch(() => undefined); // it was told to end: its callers hear of it
    if (line !== null) await line.end();
    await Promise.all(this.#removals);
    if (this.#line === null && this.#attempt === null) this.#set('disconnected', null);
  }

  /** The line, after a silent sign-in where that may be tried. */
  async #ready(): Promise<SshLine> {
    if (this.#line !== null) return this.#line;
    if (this.#attempt !== null && !this.#attempt.isSilent) return await this.#attempt.done;
    const { state, reason } = this.#connection;
    if (state === 'refused' && reason !== null) throw new WorkbenchError(reason);
    if (this.#attempt === null && !this.#maySilently) throw this.#notConnected();
    try {
      return await (this.#attempt ?? this.#start(true)).done;
    } catch (thrown) {
      throw this.#notConnected(thrown);
    }
  }

  #start(isSilent: boolean): Attempt {
    const abort = new AbortController();
    const before = this.#connection;
    this.#set('connecting', null);
    const opened = openLine(this.#target, {
      isSilent,
      signal: abort.signal,
      onAsking: (isAsking) => {
        if (!abort.signal.aborted) this.#set(isAsking ? 'needsYou' : 'connecting', null);
      },
    });
    const done = opened.then(
      async (line) => {
        if (abort.signal.aborted) {
          await line.end();
          throw abort.signal.reason;
        }
        this.#attempt = null;
        this.#open(line);
        return line;
      },
      (thrown: unknown) => {
        this.#attempt = null;
        this.#maySilently = false;
        if (abort.signal.aborted) throw abort.signal.reason;
        this.#fail(thrown, { isSilent, before });
        throw thrown;
      },
    );
    this.#attempt = { isSilent, done, abort };
    return this.#attempt;
  }

  #open(line: SshLine): void {
    this.#line = line;
    this.#maySilently = !line.hasAsked;
    this.#set('connected', null);
    this.#watchIdle();
    line.gone.then(
      (lastWords) => this.#lose(line, lastWords),
      () => this.#lose(line, ''),
    );
  }

  #fail(
    thrown: unknown,
    { isSilent, before }: { readonly isSilent: boolean; readonly before: Connection },
  ): void {
    if (isSilent) {
      // Nobody asked for it: all is as it was.
      this.#set(before.state, before.reason);
      return;
    }
    const reason = reportOf(thrown);
    const otherwise = before.state === 'lost' ? 'lost' : 'disconnected';
    this.#set(refusals.includes(reason.code) ? 'refused' : otherwise, reason);
  }

  #lose(line: SshLine, lastWords: string): void {
    const where = lastWords === '' ? { hostId: this.hostId } : { hostId: this.hostId, evidence: lastWords };
    this.#drop(line, 'lost', workbenchError('host.connectionLost', { host: this.label }, where).report);
  }

  #drop(line: SshLine, state: 'lost' | 'disconnected', reason: ErrorReport): void {
    if (this.#line !== line) return;
    this.#line = null;
    this.#stopIdle();
    if (state === 'disconnected') this.#maySilently = false;
    this.#set(state, reason);
  }

  async #channel(use: ChannelUse, line: SshLine, giveBack: () => void): Promise<SshChannel> {
    const alone = line.socket === null ? await this.#askAlone(line) : null;
    if (use !== 'control') this.#stopIdle();
    return {
      program: 'ssh',
      args: sessionArgs(this.#target, line),
      // A user's shell that does not run commands would hide why a channel failed (ssh runs its proxy with it).
      environment: alone?.environment ?? { ...this.#target.environment, SHELL: '/bin/sh' },
      release: () => {
        giveBack();
        alone?.dispose();
        this.#watchIdle();
      },
    };
  }

  /** For a channel that signs in by itself. */
  async #askAlone(
    line: SshLine,
  ): Promise<{ readonly environment: Readonly<Record<string, string>>; dispose(): void }> {
    const questions = await startQuestions(this.#target, line.resolved, {
      onAsking: (isAsking) => {
        if (this.#line === line) this.#set(isAsking ? 'needsYou' : 'connected', null);
      },
      // Whoever cancels one question does not want the next channel's.
      onFailure: ({ report }) => this.#drop(line, 'disconnected', report),
    });
    return {
      environment: askingEnvironment(this.#target, questions),
      dispose: () => {
        const removed = questions.dispose().catch(() => undefined); // an empty private folder may stay behind
        this.#removals.add(removed);
        void removed.then(() => this.#removals.delete(removed));
      },
    };
  }

  /** Starts to count anew where nothing but the control channel is open. */
  #watchIdle(): void {
    this.#stopIdle();
    const isBusy = this.#queue.taken('work') + this.#queue.taken('terminal') > 0;
    if (this.#line === null || isBusy) return;
    this.#idle = setTimeout(() => {
      this.#close().catch((thrown: unknown) => this.#set('lost', reportOf(thrown)));
    }, this.#idleMs);
    this.#idle.unref();
  }

  #stopIdle(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }

  #notConnected(cause?: unknown): WorkbenchError {
    return workbenchError('host.notConnected', { host: this.label }, { hostId: this.hostId, cause });
  }

  #set(state: Connection['state'], reason: Connection['reason']): void {
    const { state: stateNow, reason: reasonNow } = this.#connection;
    if (state === stateNow && reason === reasonNow) return;
    this.#connection = { state, since: Date.now(), reason };
    this.#onChange(this.#connection);
  }
}

/** The promise, or the signal's reason if that comes first; what the promise stands for goes on. */
function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(resolve, reject).then(() => signal.removeEventListener('abort', stop));
  });
}
