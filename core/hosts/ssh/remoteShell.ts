import { setTimeout as after } from 'node:timers/promises';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { createDeferred, type Deferred } from './deferred.ts';
import { createFence, newMarker, printMark } from './fence.ts';
import type { StartFailure } from './remoteCommand.ts';
import { type RemoteProcess, SilenceError, startFailureOf, startRemote } from './remoteProcess.ts';
import { type ByteText, bytesOf } from './remoteWords.ts';
import type { ChannelUse, SshConnection } from './sshConnection.ts';

/** What a script on the persistent shell gave. */
export interface ShellAnswer {
  readonly exitStatus: number;
  readonly failure: StartFailure | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface ShellOptions {
  /** Changes nothing on the host: it is asked again when the line was cut before the answer came. */
  readonly isRepeatable?: boolean;
  /** Where it goes when the shell is busy with something long; `work` by default. */
  readonly whenBusy?: ChannelUse;
  readonly signal?: AbortSignal | undefined;
  readonly onBegin?: () => void;
}

/** How long a call waits for the one before it; then it gets a channel of its own. */
const patienceMs = 150;
/** Startup files of busy login nodes take some seconds. */
const beginLimitMs = 45_000;
/** A script that is longer goes to a channel of its own: `read` takes its line byte by byte. */
const longestLine = 24 * 1024;

interface Pending {
  readonly answer: Deferred<ShellAnswer>;
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  failure: StartFailure | null;
  exitStatus: number | null;
  isErrorsDone: boolean;
}

/** A started shell that takes one script at a time. */
interface Session {
  readonly process: RemoteProcess;
  pending: Pending | null;
  isDead: boolean;
}

/**
 * One long-lived `/bin/sh` on the reserved channel. Small quiet work goes through it, one script after another, without
 * the cost of a new session and login shell for each. It starts when it is first needed, and again after it died.
 */
export class RemoteShell {
  readonly #connection: SshConnection;
  readonly #library: ByteText;
  #session: Promise<Session> | null = null;
  #line: Promise<unknown> = Promise.resolve();
  #started = 0;

  constructor(connection: SshConnection, library: ByteText) {
    this.#connection = connection;
    this.#library = library;
  }

  /** Counts the shells started so far: what was learnt from one may not hold for the next. */
  get generation(): number {
    return this.#started;
  }

  /**
   * Runs a script of one line or more. Its input is empty. Fails with host.connectionLost, host.loginShell or what
   * `openChannel` fails with; whatever the script's exit status is, that is no failure here.
   */
  async run(script: ByteText, options: ShellOptions = {}): Promise<ShellAnswer> {
    options.signal?.throwIfAborted();
    const line = oneLine(script);
    if (line.length > longestLine) return await this.#runApart(script, options);
    const turn = createDeferred<void>();
    const before = this.#line;
    this.#line = before.then(() => turn.promise);
    const waiting = new AbortController();
    const isMine = await Promise.race([
      before.then(() => true),
      after(patienceMs, false, { signal: waiting.signal }).catch(() => true), // aborted below: the race is over
    ]);
    waiting.abort();
    if (!isMine) {
      turn.resolve();
      return await this.#runApart(script, options);
    }
    try {
      return await this.#runHere(line, options);
    } finally {
      turn.resolve();
    }
  }

  /** A script with our functions, for a channel of its own. */
  withLibrary(script: ByteText): ByteText {
    return `${preparation(this.#library)}\n${script}`;
  }

  /** The running shell's process, to interrupt what it does; null when there is none. */
  async process(): Promise<RemoteProcess | null> {
    const session = await this.#session;
    return session === null || session.isDead ? null : session.process;
  }

  /** True when the host answers within three seconds. */
  async isAnswering(): Promise<boolean> {
    const limit = AbortSignal.timeout(3000);
    return await Promise.race([
      this.run(':', { isRepeatable: true, whenBusy: 'terminal', signal: limit }).then(
        () => true,
        () => false, // whatever the reason: it does not answer
      ),
      new Promise<boolean>((resolve) =>
        limit.addEventListener('abort', () => resolve(false), { once: true }),
      ),
    ]);
  }

  /** Ends the shell. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => null); // it never started: nothing to end
    session?.process.endInput();
    await session?.process.ended.catch(() => undefined); // it is gone either way
  }

  async #runHere(line: ByteText, options: ShellOptions): Promise<ShellAnswer> {
    try {
      return await this.#ask(line, options);
    } catch (thrown) {
      if (!(thrown instanceof SilenceError)) throw thrown;
      if (options.isRepeatable !== true || !thrown.end.hasBegun) throw thrown.explain();
      this.#connection.reportLoss();
      return await this.#ask(line, options).catch((again: unknown) => {
        throw again instanceof SilenceError ? again.explain() : again;
      });
    }
  }

  async #ask(line: ByteText, options: ShellOptions): Promise<ShellAnswer> {
    const session = await this.#open();
    options.signal?.throwIfAborted();
    const pending: Pending = {
      answer: createDeferred(),
      stdout: [],
      stderr: [],
      failure: null,
      exitStatus: null,
      isErrorsDone: false,
    };
    session.pending = pending;
    session.process.write(bytesOf(`${line}\n`));
    options.onBegin?.();
    try {
      return await Promise.race([
        pending.answer.promise,
        session.process.ended.then(() => {
          throw new SilenceError(this.#connection, {
            exitStatus: 255,
            hasBegun: true,
            noise: '',
            stderr: '',
          });
        }),
      ]);
    } finally {
      session.pending = null;
    }
  }

  #open(): Promise<Session> {
    if (this.#session === null) {
      const opening = this.#start();
      this.#session = opening;
      const forget = () => {
        if (this.#session === opening) this.#session = null;
      };
      opening.then((session) => session.process.ended.then(forget, forget), forget);
    }
    return this.#session;
  }

  async #start(): Promise<Session> {
    const marker = newMarker();
    let session: Session | null = null;
    const output = createFence(marker, {
      onData: (bytes) => session?.pending?.stdout.push(Buffer.from(bytes)),
      onMark: ([kind, word]) => {
        const pending = session?.pending;
        if (pending == null) return;
        if (kind === 'F') pending.failure = startFailureOf(word);
        else if (kind === 'E') pending.exitStatus = Number(word);
        settle(pending);
      },
    });
    const errors = createFence(marker, {
      onData: (bytes) => session?.pending?.stderr.push(Buffer.from(bytes)),
      onMark: () => {
        const pending = session?.pending;
        if (pending == null) return;
        pending.isErrorsDone = true;
        settle(pending);
      },
    });
    const process = await startRemote(this.#connection, shellLoop(marker, this.#library), {
      use: 'control',
      onStdout: output.add,
      onStderr: errors.add,
    });
    await this.#waitForBegin(process);
    session = { process, pending: null, isDead: false };
    this.#started += 1;
    const started = session;
    const died = () => {
      started.isDead = true;
    };
    process.ended.then(died, died);
    return session;
  }

  /** Startup files that wait for something or print without end never come to our command. */
  async #waitForBegin(process: RemoteProcess): Promise<void> {
    const waiting = new AbortController();
    const late = after(beginLimitMs, 'late' as const, { signal: waiting.signal });
    late.catch(() => undefined); // aborted below: the race is over
    const began = await Promise.race([process.began, late]);
    waiting.abort();
    if (began === 'late') {
      process.cut();
      const { hostId, label } = this.#connection;
      throw workbenchError('host.loginShell', { host: label, shell: null }, { hostId });
    }
    if (began === null) await process.ended; // rejects: it has not begun
  }

  async #runApart(script: ByteText, options: ShellOptions): Promise<ShellAnswer> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const process = await startRemote(this.#connection, this.withLibrary(script), {
      use: options.whenBusy ?? 'work',
      signal: options.signal,
      stdin: '',
      onStdout: (bytes) => stdout.push(Buffer.from(bytes)),
      onStderr: (bytes) => stderr.push(Buffer.from(bytes)),
    });
    options.onBegin?.();
    try {
      const { exitStatus, failure } = await process.ended;
      return { exitStatus, failure, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
    } catch (thrown) {
      throw thrown instanceof SilenceError ? thrown.explain() : thrown;
    }
  }
}

function settle({ answer, stdout, stderr, failure, exitStatus, isErrorsDone }: Pending): void {
  if (exitStatus === null || !isErrorsDone) return;
  answer.resolve({ exitStatus, failure, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
}

/** Our own scripts read messages of the small tools: in English, from the system's folders when the PATH is broken. */
function preparation(library: ByteText): ByteText {
  return [
    'LC_ALL=C; export LC_ALL; unset CDPATH',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    'PATH=${PATH:-/usr/bin}:/usr/local/bin:/usr/bin:/bin; export PATH',
    library,
  ].join('\n');
}

/**
 * Takes a script on each line. A signal to the group ends what the shell runs, not the shell; it can end the wait for
 * the next line, too.
 */
function shellLoop(marker: string, library: ByteText): ByteText {
  return `${preparation(library)}
m=${marker}
trap : INT TERM HUP QUIT
while :; do
IFS= read -r l || { [ $? -gt 128 ] && continue; break; }
eval "$l" </dev/null
${printMark('E %s')} "$?"
${printMark('E')} >&2
done`;
}

/** A script as one line: `eval` takes it apart again. Words have no line ends in them (`quoteBytes`). */
function oneLine(script: ByteText): ByteText {
  if (!script.includes('\n')) return script;
  const escaped = script.replaceAll('\\', '\\\\').replaceAll("'", '\\0047').replaceAll('\n', '\\n');
  return `eval "$(printf %b '${escaped}')"`;
}
