import type { MessagePortMain } from 'electron';
import type { TerminalChannel } from '#core/terminals/terminalChannel.ts';

/** A MessagePort as the channel of a terminal: arrays of bytes are bytes, strings are JSON. */
export function portChannel(port: MessagePortMain): TerminalChannel {
  return {
    send: (bytes) => port.postMessage(bytes),
    sendText: (message) => port.postMessage(JSON.stringify(message)),
    onBytes: (listener) => {
      port.on('message', ({ data }: { data: unknown }) => {
        if (data instanceof Uint8Array) listener(data);
        else if (data instanceof ArrayBuffer) listener(new Uint8Array(data));
      });
    },
    onText: (listener) => {
      port.on('message', ({ data }: { data: unknown }) => {
        if (typeof data === 'string') listener(JSON.parse(data));
      });
    },
    onClose: (listener) => {
      port.on('close', listener);
    },
    close: () => port.close(),
  };
}
