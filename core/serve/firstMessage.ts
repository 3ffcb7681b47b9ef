import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { firstMessageLimitBytes } from './handshake.ts';

/** Room for the frame around the first message. */
const frameBytes = 16;

/**
 * The first message of a socket as parsed JSON; null when it is not JSON text, is too long, does not come in time, or
 * the socket closes before. Until then the sender may not make us keep more than the limit.
 */
export function firstMessage(socket: WebSocket, stream: Duplex, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    let received = 0;
    const finish = (message: unknown) => {
      clearTimeout(timer);
      stream.off('data', onData);
      socket.off('message', onMessage);
      socket.off('close', onClose);
      resolve(message);
    };
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      if (received > firstMessageLimitBytes + frameBytes) {
        finish(null);
        socket.terminate();
      }
    };
    const onMessage = (data: RawData, isBinary: boolean) => finish(isBinary ? null : parsed(data));
    const onClose = () => finish(null);
    const timer = setTimeout(() => finish(null), timeoutMs);
    stream.on('data', onData);
    socket.on('message', onMessage);
    socket.on('close', onClose);
  });
}

function parsed(data: RawData): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return null; // not JSON: refused like a wrong token
  }
}
