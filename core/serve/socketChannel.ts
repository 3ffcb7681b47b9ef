import type { RawData, WebSocket } from 'ws';
import type { TerminalChannel } from '#core/terminals/terminalChannel.ts';

/** A WebSocket as the channel of a terminal: binary messages are bytes, text messages are JSON. */
export function socketChannel(socket: WebSocket): TerminalChannel {
  return {
    send: (bytes) => socket.send(bytes, { binary: true }),
    sendText: (message) => socket.send(JSON.stringify(message)),
    onBytes: (listener) => {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (isBinary) listener(bytesOf(data));
      });
    },
    onText: (listener) => {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        const message = isBinary ? undefined : parsed(String(data));
        if (message === notJson) socket.close(1007, 'Not JSON');
        else if (!isBinary) listener(message);
      });
    },
    onClose: (listener) => {
      socket.on('close', () => listener());
    },
    close: () => socket.close(),
  };
}

const notJson = Symbol('not JSON');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return notJson; // our own page does not send such a thing: the socket is closed
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
