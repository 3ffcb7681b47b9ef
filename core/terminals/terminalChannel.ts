import type { TerminalToPage } from '#core/contract/terminals.ts';

/**
 * The way between one terminal session and one page: a WebSocket or a MessagePort, which the doors implement.
 * Binary messages are bytes of the terminal, text messages are `TerminalToPage` and `TerminalToCore`; both keep their
 * order. Each `on…` is called once, before the first message is delivered.
 */
export interface TerminalChannel {
  send(bytes: Uint8Array): void;
  sendText(message: TerminalToPage): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** The parsed JSON (or structured clone) of a text message; not checked. */
  onText(listener: (message: unknown) => void): void;
  /** Called once, whichever side closed. */
  onClose(listener: () => void): void;
  close(): void;
}
