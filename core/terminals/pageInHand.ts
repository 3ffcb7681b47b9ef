import { Terminal } from '@xterm/headless';
import type { TerminalToCore, TerminalToPage } from '#core/contract/terminals.ts';
import type { TerminalChannel } from './terminalChannel.ts';

/** For tests: a page with a terminal emulator of its own, as the real one has. */
export class PageInHand implements TerminalChannel {
  readonly messages: TerminalToPage[] = [];
  readonly screen = new Terminal({ cols: 80, rows: 24, scrollback: 1000, allowProposedApi: true });
  received = 0;
  isClosed = false;
  /** Acknowledge what is shown, as a page that keeps up does. */
  keepsUp = false;
  #onText: (message: unknown) => void = () => undefined;
  #onBytes: (bytes: Uint8Array) => void = () => undefined;
  #onClose: () => void = () => undefined;

  send(data: Uint8Array): void {
    this.received += data.length;
    this.screen.write(data, () => {
      if (this.keepsUp) this.say({ type: 'acknowledge', bytes: data.length });
    });
  }
  sendText(message: TerminalToPage): void {
    this.messages.push(message);
    if (message.type === 'snapshot') {
      this.screen.reset();
      this.screen.resize(message.size.columns, message.size.rows);
      this.screen.write(message.data);
    }
  }
  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#onBytes = listener;
  }
  onText(listener: (message: unknown) => void): void {
    this.#onText = listener;
  }
  onClose(listener: () => void): void {
    this.#onClose = listener;
  }
  close(): void {
    this.isClosed = true;
    this.#onClose();
  }
  say(message: TerminalToCore): void {
    this.#onText(message);
  }
  sayAnything(message: unknown): void {
    this.#onText(message);
  }
  type(text: string): void {
    this.#onBytes(new TextEncoder().encode(text));
  }
  async shows(): Promise<string> {
    await new Promise<void>((done) => this.screen.write('', done));
    return textOf(this.screen);
  }
}

/** What a terminal shows, scrollback and all. */
export function textOf(terminal: Terminal): string {
  const buffer = terminal.buffer.active;
  const lines = Array.from(
    { length: buffer.length },
    (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
  );
  return lines.join('\n').trimEnd();
}
