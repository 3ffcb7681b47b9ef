import { type TerminalSize, terminalToCoreSchema } from '#core/contract/terminals.ts';
import type { Pty } from '#core/hosts/host.ts';
import { type OutputBatch, OutputBuffers } from './outputBuffers.ts';
import { Screen } from './screen.ts';
import type { TerminalChannel } from './terminalChannel.ts';

export interface SessionEnd {
  readonly exitStatus: number | null;
  readonly signal: string | null;
}

export interface TerminalSessionOptions {
  readonly pty: Pty;
  readonly size: TerminalSize;
  readonly scrollbackLines: number;
}

/** A page that shows the session. It gets bytes once it has its snapshot. */
interface Page {
  readonly channel: TerminalChannel;
  isLive: boolean;
  unacknowledgedBytes: number;
  /** What was sent, and how much of the oldest has been acknowledged. */
  readonly sent: OutputBatch[];
  acknowledgedOfOldest: number;
}

/** Window of unacknowledged output: 2 MiB is the fastest that still lets Ctrl-C silence a flood within 0.1 s. */
const windowBytes = 2 * 1024 * 1024;
const lowMarkBytes = 512 * 1024;
/** The terminal gives 4 kB a read; gathering them doubles what a page can take. */
const batchBytes = 64 * 1024;
const batchMs = 4;

/**
 * One terminal with its screen, over any Pty. It runs on without a page; a page that attaches gets the screen and from
 * then on every byte. The page that attached or resized last decides the size. After the end the screen stays.
 */
export class TerminalSession {
  readonly #pty: Pty;
  readonly #screen: Screen;
  readonly #pages = new Set<Page>();
  readonly #endListeners: ((end: SessionEnd) => void)[] = [];
  #size: TerminalSize;
  /** The page that attached or resized last: it decides the size, and answers the program's questions. */
  #leader: Page | null = null;
  readonly #output = new OutputBuffers(batchBytes);
  #batchTimer: NodeJS.Timeout | null = null;
  #snapshotsUnderWay = 0;
  #isHeldBack = false;
  #end: SessionEnd | null = null;
  #typeAtFirstOutput: Uint8Array | null = null;
  #isDisposed = false;

  constructor({ pty, size, scrollbackLines }: TerminalSessionOptions) {
    this.#pty = pty;
    this.#size = size;
    this.#screen = new Screen({
      size,
      scrollbackLines,
      answer: (bytes) => pty.write(bytes),
      onCaughtUp: () => this.#updateFlow(),
    });
    pty.onData((bytes) => this.#take(bytes));
    pty.onExit((end) => this.#ended(end));
  }

  /** Null while the program runs. */
  get end(): SessionEnd | null {
    return this.#end;
  }

  onEnd(listener: (end: SessionEnd) => void): void {
    this.#endListeners.push(listener);
  }

  /** Types this once the program has shown its first output (its prompt). */
  typeAtFirstOutput(text: string): void {
    this.#typeAtFirstOutput = Buffer.from(text, 'utf8');
  }

  attach(channel: TerminalChannel): void {
    const page: Page = {
      channel,
      isLive: false,
      unacknowledgedBytes: 0,
      sent: [],
      acknowledgedOfOldest: 0,
    };
    this.#pages.add(page);
    channel.onClose(() => {
      this.#pages.delete(page);
      if (this.#leader === page) this.#leader = [...this.#pages].at(-1) ?? null;
      this.#updateFlow();
    });
    channel.onBytes((bytes) => {
      if (page === this.#leader || !isAnswer(bytes)) this.#pty.write(bytes);
    });
    channel.onText((message) => this.#receive(page, message));
  }

  /** Ends the program (hang-up, then kill) and tells the pages that the terminal is gone. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#dropBatch();
    for (const { channel } of this.#pages) {
      channel.sendText({ type: 'gone' });
      channel.close();
    }
    this.#pages.clear();
    this.#screen.dispose();
    await this.#pty.dispose();
  }

  #receive(page: Page, text: unknown): void {
    const message = terminalToCoreSchema.safeParse(text);
    if (!message.success) {
      page.channel.close(); // not a page of ours
      return;
    }
    switch (message.data.type) {
      case 'attach':
        this.#resize(message.data.size, page);
        this.#sendSnapshot(page);
        break;
      case 'resize':
        this.#resize(message.data.size, page);
        break;
      case 'acknowledge':
        this.#acknowledge(page, message.data.bytes);
        break;
    }
  }

  /** Other pages show the new size from a fresh snapshot, so that no page shows lines at a width they do not have. */
  #resize(size: TerminalSize, by: Page): void {
    this.#leader = by;
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#flush();
    this.#size = size;
    this.#screen.resize(size);
    if (this.#end === null) this.#pty.resize(size);
    for (const page of this.#pages) if (page !== by && page.isLive) this.#sendSnapshot(page);
  }

  #sendSnapshot(page: Page): void {
    this.#flush();
    page.isLive = false;
    this.#snapshotsUnderWay += 1;
    this.#updateFlow();
    this.#screen.snapshot((data) => {
      this.#snapshotsUnderWay -= 1;
      if (this.#pages.has(page)) {
        page.channel.sendText({ type: 'snapshot', size: this.#size, data });
        page.isLive = true;
        if (this.#end !== null) page.channel.sendText({ type: 'ended', ...this.#end });
      }
      this.#updateFlow();
    });
  }

  #acknowledge(page: Page, bytes: number): void {
    page.unacknowledgedBytes = Math.max(0, page.unacknowledgedBytes - bytes);
    page.acknowledgedOfOldest += bytes;
    for (
      let oldest = page.sent[0];
      oldest !== undefined && oldest.bytes.length <= page.acknowledgedOfOldest;
      oldest = page.sent[0]
    ) {
      page.acknowledgedOfOldest -= oldest.bytes.length;
      page.sent.shift();
      this.#output.release(oldest);
    }
    this.#updateFlow();
  }

  /** The first bytes after a silence go at once, the following are gathered. */
  #take(bytes: Uint8Array): void {
    if (this.#isDisposed) return;
    for (let from = 0; from < bytes.length; ) {
      from += this.#output.fill(from === 0 ? bytes : bytes.subarray(from));
      if (this.#output.length >= batchBytes) this.#flush();
    }
    if (this.#batchTimer !== null) return;
    this.#flush();
    this.#batchTimer = setTimeout(() => this.#batchEnded(), batchMs);
  }

  #batchEnded(): void {
    this.#batchTimer = null;
    if (this.#output.length === 0) return;
    this.#flush();
    this.#batchTimer = setTimeout(() => this.#batchEnded(), batchMs);
  }

  #flush(): void {
    if (this.#output.length === 0) return;
    const live = [...this.#pages].filter((page) => page.isLive);
    const batch = this.#output.finish(live.length);
    for (const page of live) {
      page.channel.send(batch.bytes);
      page.sent.push(batch);
      page.unacknowledgedBytes += batch.bytes.length;
    }
    this.#screen.feed(batch.bytes, live.length > 0);
    this.#updateFlow();
    if (this.#typeAtFirstOutput !== null) {
      this.#pty.write(this.#typeAtFirstOutput);
      this.#typeAtFirstOutput = null;
    }
  }

  #dropBatch(): void {
    if (this.#batchTimer !== null) clearTimeout(this.#batchTimer);
    this.#batchTimer = null;
    this.#output.clear();
  }

  /** Holds the program back while a page or the screen is too far behind, or a snapshot is being made. */
  #updateFlow(): void {
    const mark = this.#isHeldBack ? lowMarkBytes : windowBytes;
    const isHeldBack =
      this.#snapshotsUnderWay > 0 ||
      this.#screen.isBehind ||
      [...this.#pages].some((page) => page.unacknowledgedBytes > mark);
    if (isHeldBack === this.#isHeldBack) return;
    this.#isHeldBack = isHeldBack;
    this.#pty.setPaused(isHeldBack);
  }

  #ended(end: SessionEnd): void {
    this.#flush();
    this.#dropBatch();
    this.#end = end;
    for (const page of this.#pages) if (page.isLive) page.channel.sendText({ type: 'ended', ...end });
    for (const listener of this.#endListeners) listener(end);
  }
}

/**
 * Whether a page's message is its emulator's answer to a program's question: cursor position, device, mode, colour
 * (ECMA-48 CPR, DA, DSR; DECRPM; DCS and OSC replies). Emulators send each answer by itself. Of several pages only one
 * may answer, or the program reads the others' answers as keys.
 */
function isAnswer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x1b || bytes.length < 4 || bytes.length > 512) return false;
  return /^(\[[?>=]?[\d;]*(c|n|R|\$y|t)$|P|\])/.test(Buffer.from(bytes.subarray(1)).toString('latin1'));
}
