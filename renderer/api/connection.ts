import { type ClientLink, createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { Client } from '#core/contract/index.ts';
import { callsAhead } from './callsAhead.ts';
import { type DoorChannel, type DoorLine, DoorRefusedError, isRefusal } from './door.ts';

/** `gone` tries again by itself; `refused` is for good. */
export type ConnectionState = 'connecting' | 'connected' | 'gone' | 'refused';

/** The calls of core over a line that is opened at the first call and opened again whenever it drops. */
export interface Connection {
  readonly client: Client;
  readonly state: () => ConnectionState;
  /** Calls back after each change of state; returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Resolves when calls can be made; rejects when the signal aborts. */
  readonly whenConnected: (signal: AbortSignal) => Promise<void>;
  /** Ends a wait between two tries. */
  readonly tryNow: () => void;
  /**
   * Makes a call before the code that wants its answer is loaded: the first one like it that is made with `client` gets
   * that answer. Given up when none is within ten seconds.
   */
  readonly askAhead: (call: (client: Client) => Promise<unknown>) => void;
}

/** A call was made, or was under way, while there was no line to core. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
}

type Link = ClientLink<Record<never, never>>;

const firstWaitMs = 200;
const longestWaitMs = 3000;

/** @param open opens one line; called again after each loss. */
export function createConnection(open: (channel: DoorChannel) => Promise<DoorLine>): Connection {
  const listeners = new Set<() => void>();
  let state: ConnectionState = 'connecting';
  let link: Link | null = null;
  let hasBegun = false;
  let waitMs = firstWaitMs;
  let retry: ReturnType<typeof setTimeout> | null = null;

  function become(next: ConnectionState): void {
    if (state === next) return;
    state = next;
    for (const listener of [...listeners]) listener();
  }

  function begin(): void {
    if (hasBegun) return;
    hasBegun = true;
    void connect();
  }

  async function connect(): Promise<void> {
    retry = null;
    try {
      const line = await open('rpc');
      link = linkOver(line, lost, refused);
      waitMs = firstWaitMs;
      become('connected');
    } catch (failure) {
      if (failure instanceof DoorRefusedError) refused();
      else lost();
    }
  }

  function lost(): void {
    if (retry !== null) return;
    link = null;
    become('gone');
    retry = setTimeout(() => void connect(), waitMs);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }

  function refused(): void {
    link = null;
    become('refused');
  }

  function tryNow(): void {
    if (retry === null) return;
    clearTimeout(retry);
    void connect();
  }

  function whenConnected(signal: AbortSignal): Promise<void> {
    begin();
    return new Promise((resolve, reject) => {
      function settle() {
        if (state !== 'connected' && !signal.aborted) return;
        listeners.delete(settle);
        signal.removeEventListener('abort', settle);
        if (signal.aborted) reject(signal.reason);
        else resolve();
      }
      listeners.add(settle);
      signal.addEventListener('abort', settle);
      settle();
    });
  }

  const onLine: Link = {
    async call(path, input, options) {
      begin();
      if (state === 'connecting') await firstAnswer();
      if (link === null) throw new NotConnectedError('there is no line to core');
      const used = link;
      try {
        return await used.call(path, input, options);
      } catch (failure) {
        if (link === used) throw failure;
        throw new NotConnectedError('the line to core was lost', { cause: failure });
      }
    },
  };

  /** The first try decides whether calls made before it go through. */
  function firstAnswer(): Promise<void> {
    return new Promise((resolve) => {
      function settle() {
        if (state === 'connecting') return;
        listeners.delete(settle);
        resolve();
      }
      listeners.add(settle);
      settle();
    });
  }

  const calls = callsAhead(onLine);
  const ahead = createORPCClient<Client>(calls.ahead);

  return {
    client: createORPCClient<Client>(calls.link),
    askAhead(call) {
      call(ahead).catch(() => undefined); // told to whoever takes the answer
    },
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    whenConnected,
    tryNow,
  };
}

function linkOver(line: DoorLine, lost: () => void, refused: () => void): Link {
  if (line.kind === 'port') {
    line.port.addEventListener('close', lost, { once: true });
    const link = new PortLink({ port: line.port });
    line.port.start();
    return link;
  }
  const closed = (event: CloseEvent) => (isRefusal(event) ? refused() : lost());
  line.socket.addEventListener('close', closed, { once: true });
  return new SocketLink({ websocket: line.socket });
}
