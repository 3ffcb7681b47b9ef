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
        if (!isBinary) listener(String(data));
      });
    },
    onClose: (listener) => {
      socket.on('close', () => listener());
    },
    close: () => socket.close(),
  };
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
