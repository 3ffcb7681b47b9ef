import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import type { TerminalSize } from '#core/contract/terminals.ts';
import { UnicodeGraphemesAddon } from './graphemes.ts';
import { renditionAfter, startOfLastLines } from './plainOutput.ts';
import { isBetweenSequences, modesOutsideSnapshot, scrollsWholeScreen } from './screenState.ts';

export interface ScreenOptions {
  readonly size: TerminalSize;
  readonly scrollbackLines: number;
  /** Gets what a terminal answers to questions in its output (cursor position, device), where nobody else answered. */
  readonly answer: (bytes: Uint8Array) => void;
  /** Called when a screen that was behind has caught up. */
  readonly onCaughtUp: () => void;
}

type Step =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly isAnsweredElsewhere: boolean }
  | { readonly kind: 'resize'; readonly size: TerminalSize };

/** Above this the screen waits for a quiet moment, instead of taking the processor from the page. */
const promptBytes = 128 * 1024;
const quietMs = 100;
/** Above this the oldest output is left out where it can be, else worked off. */
const backlogLimitBytes = 2 * 1024 * 1024;
const stepBytes = 256 * 1024;

/**
 * The screen of a session without a page: the same emulator, fed the same bytes, so that a page that comes later gets
 * exactly what it would have seen. Floods are parsed lazily: plain lines that would have scrolled out of the scrollback
 * anyway are never parsed at all (100 MB of log cost a scan, no emulation), everything else always is.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #serializer = new SerializeAddon();
  readonly #options: ScreenOptions;
  #steps: Step[] = [];
  #backlogBytes = 0;
  #isParsing = false;
  #isAtLineStart = true;
  #isAnsweredElsewhere = false;
  #quietTimer: NodeJS.Timeout | null = null;
  /** Below this many bytes of backlog nothing more is worked off at once; 0 to work off everything. */
  #parseDownTo = Number.POSITIVE_INFINITY;
  #wanted: ((snapshot: string) => void)[] = [];
  #isDisposed = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#terminal = new Terminal({
      cols: options.size.columns,
      rows: options.size.rows,
      scrollback: options.scrollbackLines,
      allowProposedApi: true,
    });
    this.#terminal.loadAddon(this.#serializer);
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#terminal.onData((answer) => {
      if (!this.#isAnsweredElsewhere) options.answer(Buffer.from(answer, 'utf8'));
    });
  }

  /** True while so much is waiting that the program should. */
  get isBehind(): boolean {
    return this.#backlogBytes > 2 * backlogLimitBytes;
  }

  /** `isAnsweredElsewhere`: a page sees these bytes too, and answers the questions in them. */
  feed(bytes: Uint8Array, isAnsweredElsewhere: boolean): void {
    this.#steps.push({ kind: 'bytes', bytes, isAnsweredElsewhere });
    this.#backlogBytes += bytes.length;
    if (this.#backlogBytes <= promptBytes) this.#parseDown(0);
    else if (this.#backlogBytes > backlogLimitBytes) this.#parseDown(backlogLimitBytes / 2);
    else this.#parseWhenQuiet();
  }

  resize(size: TerminalSize): void {
    this.#steps.push({ kind: 'resize', size });
    this.#parseDown(0);
  }

  /**
   * Works off what is waiting, then hands over the screen as escape sequences for a fresh terminal of the same size.
   * `take` is called at the very moment at which everything fed so far, and nothing more, is in it.
   */
  snapshot(take: (snapshot: string) => void): void {
    this.#wanted.push(take);
    this.#parseDown(0);
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#quietTimer !== null) clearTimeout(this.#quietTimer);
    this.#steps = [];
    this.#wanted = [];
    this.#terminal.dispose();
  }

  #parseWhenQuiet(): void {
    if (this.#quietTimer !== null) this.#quietTimer.refresh();
    else this.#quietTimer = setTimeout(() => this.#parseDown(0), quietMs);
  }

  #parseDown(bytes: number): void {
    this.#parseDownTo = Math.min(this.#parseDownTo, bytes);
    if (!this.#isParsing) this.#parseNext();
  }

  #parseNext(): void {
    this.#isParsing = false;
    if (this.#isDisposed) return;
    if (this.#backlogBytes > promptBytes) this.#leaveOutScrolled();
    const step = this.#steps[0];
    if (step === undefined) {
      this.#parseDownTo = Number.POSITIVE_INFINITY;
      this.#handOver();
    } else if (step.kind === 'resize') {
      this.#steps.shift();
      this.#terminal.resize(step.size.columns, step.size.rows);
      this.#parseNext();
    } else if (this.#backlogBytes > this.#parseDownTo) {
      this.#parse(step.isAnsweredElsewhere);
    } else {
      this.#parseDownTo = Number.POSITIVE_INFINITY;
      this.#parseWhenQuiet();
    }
  }

  #parse(isAnsweredElsewhere: boolean): void {
    const bytes = this.#takeBytes(isAnsweredElsewhere);
    const wasBehind = this.isBehind;
    this.#backlogBytes -= bytes.length;
    this.#isParsing = true;
    this.#isAnsweredElsewhere = isAnsweredElsewhere;
    this.#terminal.write(bytes, () => {
      this.#isAtLineStart = bytes.at(-1) === 0x0a && bytes.at(-2) === 0x0d;
      // Not within the emulator's own write: a resize there would parse this piece a second time.
      queueMicrotask(() => this.#parseNext());
      if (wasBehind && !this.isBehind && !this.#isDisposed) this.#options.onCaughtUp();
    });
  }

  /** Takes the next bytes that belong together; in a flood it ends them after a line, so that the rest may be left out. */
  #takeBytes(isAnsweredElsewhere: boolean): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let step = this.#steps[0]; step?.kind === 'bytes' && length < stepBytes; step = this.#steps[0]) {
      if (step.isAnsweredElsewhere !== isAnsweredElsewhere) break;
      this.#steps.shift();
      parts.push(step.bytes);
      length += step.bytes.length;
    }
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const lineEnd =
      this.#isAtLineStart || length < stepBytes
        ? -1
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n');
    if (lineEnd < 0 || lineEnd + 2 === length) return bytes;
    this.#steps.unshift({ kind: 'bytes', bytes: bytes.subarray(lineEnd + 2), isAnsweredElsewhere });
    return bytes.subarray(0, lineEnd + 2);
  }

  /** Drops the oldest of the backlog where the lines that follow it push it out of the scrollback. */
  #leaveOutScrolled(): void {
    if (!this.#isAtLineStart || !isBetweenSequences(this.#terminal) || !scrollsWholeScreen(this.#terminal))
      return;
    const resizeAt = this.#steps.findIndex((step) => step.kind === 'resize');
    const steps = resizeAt < 0 ? this.#steps : this.#steps.slice(0, resizeAt);
    const waiting = Buffer.concat(steps.flatMap((step) => (step.kind === 'bytes' ? [step.bytes] : [])));
    const keepFrom = startOfLastLines(waiting, this.#options.scrollbackLines + this.#terminal.rows);
    const rendition = keepFrom === 0 ? null : renditionAfter(waiting.subarray(0, keepFrom));
    if (rendition === null) return;
    this.#replaceOldest(keepFrom, Buffer.from(rendition, 'latin1'));
  }

  #replaceOldest(length: number, replacement: Uint8Array): void {
    let left = length;
    let isAnsweredElsewhere = true;
    while (left > 0) {
      const step = this.#steps.shift();
      if (step?.kind !== 'bytes') throw new Error('less output is waiting than was left out');
      isAnsweredElsewhere = step.isAnsweredElsewhere;
      if (step.bytes.length > left) this.#steps.unshift({ ...step, bytes: step.bytes.subarray(left) });
      left -= step.bytes.length;
    }
    if (replacement.length > 0) {
      this.#steps.unshift({ kind: 'bytes', bytes: replacement, isAnsweredElsewhere });
    }
    this.#backlogBytes += replacement.length - length;
  }

  #handOver(): void {
    const wanted = this.#wanted;
    if (wanted.length === 0) return;
    this.#wanted = [];
    const snapshot = this.#serializer.serialize() + modesOutsideSnapshot(this.#terminal);
    for (const take of wanted) take(snapshot);
  }
}
