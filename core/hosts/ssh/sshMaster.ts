import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { errnoOf } from '../fileErrors.ts';
import { tailKeeper } from '../output.ts';
import { signalGroup } from '../processGroup.ts';

/** How an ssh ended, and its last words. */
export interface SshEnd {
  readonly exitStatus: number | null;
  readonly stderr: string;
  /** True where the program itself is missing. */
  readonly isMissing: boolean;
}

/** A running ssh that connects, as our child in a session of its own: it has no terminal to ask on. */
export interface ConnectingSsh {
  readonly ended: Promise<SshEnd>;
  onStderr(listener: (text: string) => void): void;
  /** Ends it with everything it started (proxies, askpass). */
  end(): void;
}

const lastWordsMs = 300;
const betweenRequestsMs = 200;
const mostRequests = 10;

/** Starts `ssh` with these arguments. */
export function startSsh(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ConnectingSsh {
  const child: ChildProcess = spawn('ssh', args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const stopGuard = child.pid === undefined ? null : guard(child.pid);
  const stderr = tailKeeper(16 * 1024);
  const listeners: ((text: string) => void)[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr.add(text);
    for (const listener of listeners) listener(text);
  });
  const ended = new Promise<SshEnd>((resolve, reject) => {
    child.on('error', (thrown) => {
      if (errnoOf(thrown) === 'ENOENT') resolve({ exitStatus: null, stderr: '', isMissing: true });
      else reject(thrown);
    });
    child.on('exit', (exitStatus) => {
      stopGuard?.();
      const finish = () => resolve({ exitStatus, stderr: stderr.text(), isMissing: false });
      child.once('close', finish);
      // A proxy that outlives ssh keeps its stderr open.
      setTimeout(finish, lastWordsMs).unref();
    });
  });
  const end = (attempt = 1) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    // The signal may fall between ssh's look at it and its next wait, which would take until the next keep-alive.
    signalGroup(child.pid, attempt > mostRequests ? 'SIGKILL' : 'SIGTERM');
    setTimeout(() => end(attempt + 1), betweenRequestsMs);
  };
  return { ended, onStderr: (listener) => listeners.push(listener), end: () => end() };
}

/**
 * Ends a process group when this process ends, even killed: its end of the pipe is then closed. Nobody would be left to
 * close a line that is signed in. Returns how to call it off.
 */
function guard(leader: number): () => void {
  // Again and again, as `end` does: one signal may not be seen.
  const script = `read -r _; i=0
while kill -s TERM -- "-$1" 2>/dev/null; do
[ $i -lt ${mostRequests} ] || { kill -s KILL -- "-$1"; break; }; i=$((i + 1)); sleep ${betweenRequestsMs / 1000}
done`;
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(leader)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => undefined); // without a guard a killed workbench leaves its lines to the next one
  watcher.unref();
  return () => watcher.kill('SIGKILL');
}

/** A master that works greets in a few milliseconds; one that is stopped never does. */
const greetingMs = 5000;

/**
 * A connection to a master's control socket that says nothing: it closes the moment the master is gone, whoever started
 * it. Resolves when the master greets (MUX_MSG_HELLO, mux.c): before that it is still at setting up, and a signal would
 * leave its files behind. Null when no master listens or answers there.
 */
export async function holdMaster(path: string): Promise<Socket | null> {
  const socket = connect(path);
  return await new Promise((resolve, reject) => {
    const finish = (held: Socket | null) => {
      clearTimeout(timer);
      if (held === null) socket.destroy();
      resolve(held);
    };
    const timer = setTimeout(() => finish(null), greetingMs);
    socket.once('data', () => {
      socket.unref();
      finish(socket);
    });
    socket.once('close', () => finish(null));
    socket.on('error', (thrown) => {
      // `close` follows an error, which is what is listened to.
      if (!endings.includes(errnoOf(thrown) ?? '')) reject(thrown);
    });
  });
}

const endings: readonly string[] = ['ENOENT', 'ECONNREFUSED', 'EACCES', 'ECONNRESET', 'EPIPE'];

/** Resolves when a held control socket is closed, however that came. */
export function whenClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Removes a socket that a killed master left and where nobody listens: ssh would not listen over it. */
export async function removeStaleSocket(path: string): Promise<void> {
  const held = await holdMaster(path);
  if (held !== null) {
    held.destroy();
    return;
  }
  await rm(path, { force: true });
}

/**
 * Resolves with the held control socket as soon as it is there. ssh makes it after signing in, under another name, and
 * renames it when it listens. Rejects with the signal's reason.
 */
export function whenListening(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const watcher = watch(dirname(path));
    let isOver = false;
    const leave = () => {
      isOver = true;
      watcher.close();
      signal.removeEventListener('abort', stop);
    };
    const stop = () => {
      leave();
      reject(signal.reason);
    };
    const look = () => {
      holdMaster(path).then((socket) => {
        if (socket === null) return;
        if (isOver) {
          socket.destroy();
          return;
        }
        leave();
        resolve(socket);
      }, fail);
    };
    const fail = (thrown: unknown) => {
      leave();
      reject(thrown);
    };
    signal.addEventListener('abort', stop, { once: true });
    watcher.on('error', fail);
    watcher.on('change', (_, name) => {
      if (String(name) === basename(path)) look();
    });
    look();
  });
}
