// @vitest-environment happy-dom

import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, it, vi } from 'vitest';
import { contract } from '#core/contract/index.ts';
import { createConnection, NotConnectedError } from './connection.ts';
import { DoorClosedError, type DoorLine, DoorRefusedError } from './door.ts';

const os = implement(contract);

/** A door to a core that answers, and the end of the line in the test's hand. */
function openLine(): { readonly line: DoorLine; readonly cut: () => void } {
  const { port1, port2 } = new MessageChannel();
  const handler = new RPCHandler({
    system: {
      runningWork: os.system.runningWork.handler(() => ({ tasks: 1, terminals: 2 })),
    },
    cache: { usage: os.cache.usage.handler(() => new Promise<never>(() => undefined)) },
  });
  handler.upgrade(port1);
  port1.start();
  return { line: { kind: 'port', port: port2 }, cut: () => port1.close() };
}

describe('the connection to core', () => {
  it('opens with the first call, and not before', async () => {
    const open = vi.fn(async () => openLine().line);
    const connection = createConnection(open);
    expect(open).not.toHaveBeenCalled();
    await expect(connection.client.system.runningWork()).resolves.toEqual({ tasks: 1, terminals: 2 });
    expect(connection.state()).toBe('connected');
  });

  it('says that core is gone, fails the calls under way, and opens a new line', async () => {
    const lines = [openLine(), openLine()];
    const open = vi.fn(async () => {
      const next = lines[open.mock.calls.length - 1];
      if (next === undefined) throw new DoorClosedError('no more');
      return next.line;
    });
    const connection = createConnection(open);
    const states: string[] = [];
    connection.subscribe(() => states.push(connection.state()));
    await connection.client.system.runningWork();

    const pending = connection.client.cache.usage();
    lines[0]?.cut();
    await expect(pending).rejects.toBeInstanceOf(NotConnectedError);
    await connection.whenConnected(new AbortController().signal);
    await expect(connection.client.system.runningWork()).resolves.toEqual({ tasks: 1, terminals: 2 });
    expect(states).toEqual(['connected', 'gone', 'connected']);
  });

  it('tries again at once when it is asked to', async () => {
    let isThere = false;
    const connection = createConnection(async () => {
      if (!isThere) throw new DoorClosedError('not yet');
      return openLine().line;
    });
    await expect(connection.client.system.runningWork()).rejects.toBeInstanceOf(NotConnectedError);
    expect(connection.state()).toBe('gone');
    isThere = true;
    connection.tryNow();
    await connection.whenConnected(new AbortController().signal);
    expect(connection.state()).toBe('connected');
  });

  it('gives up when core does not want this page', async () => {
    const open = vi.fn(async () => {
      throw new DoorRefusedError('used');
    });
    const connection = createConnection(open);
    await expect(connection.client.system.runningWork()).rejects.toBeInstanceOf(NotConnectedError);
    expect(connection.state()).toBe('refused');
    connection.tryNow();
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('gives up when core closes an open socket because it does not want this page', async () => {
    const send = vi.fn();
    const socket = Object.assign(new EventTarget(), { readyState: WebSocket.OPEN, send });
    const open = vi.fn(async (): Promise<DoorLine> => ({ kind: 'socket', socket: socket as never }));
    const connection = createConnection(open);
    const pending = connection.client.cache.usage();
    await vi.waitFor(() => expect(send).toHaveBeenCalled());
    socket.dispatchEvent(Object.assign(new Event('close'), { code: 4401 }));
    await expect(pending).rejects.toBeInstanceOf(NotConnectedError);
    expect(connection.state()).toBe('refused');
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('ends a wait with its signal', async () => {
    const connection = createConnection(() => new Promise(() => undefined));
    const stop = new AbortController();
    const waiting = connection.whenConnected(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toBe(stop.signal.reason);
  });
});
