import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import type { TerminalSize } from '#core/contract/terminals.ts';
import { Backlog } from './backlog.ts';
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

/** More than this without a quiet moment is a flood: it is parsed when it is over, so that the page has the processor. */
const floodBytes = 128 * 1024;
const quietMs = 250;
/** Above this the oldest output is left out where it can be, else worked off. */
const limitBytes = 2 * 1024 * 1024;
const pieceBytes = 256 * 1024;

/**
 * The screen of a session without a page: the same emulator, fed the same bytes, so that a page that comes later gets
 * exactly what it would have seen. Floods are parsed lazily: plain lines that would have scrolled out of the scrollback
 * anyway are never parsed at all (100 MB of log cost a scan, no emulation), everything else always is.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #serializer = new SerializeAddon();
  readonly #options: ScreenOptions;
  readonly #backlog = new Backlog();
  #isParsing = false;
  #isAtLineStart = true;
  #isAnsweredElsewhere = false;
  #bytesSinceQuiet = 0;
  #quietTimer: NodeJS.Timeout | null = null;
  #isWorkingOff = false;
  #wasBehind = false;
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
    return this.#backlog.length > 2 * limitBytes;
  }

  /** `isAnsweredElsewhere`: a page sees these bytes too, and answers the questions in them. */
  feed(bytes: Uint8Array, isAnsweredElsewhere: boolean): void {
    this.#backlog.append(bytes, isAnsweredElsewhere);
    this.#bytesSinceQuiet += bytes.length;
    this.#wasBehind ||= this.isBehind;
    if (this.#quietTimer === null) this.#quietTimer = setTimeout(() => this.#quietEnded(), quietMs);
    else this.#quietTimer.refresh();
    this.#parseNext();
  }

  resize(size: TerminalSize): void {
    this.#backlog.appendResize(size);
    this.#parseNext();
  }

  /**
   * Works off what is waiting, then hands over the screen as escape sequences for a fresh terminal of the same size.
   * `take` is called at the very moment at which everything fed so far, and nothing more, is in it.
   */
  snapshot(take: (snapshot: string) => void): void {
    this.#wanted.push(take);
    this.#parseNext();
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#quietTimer !== null) clearTimeout(this.#quietTimer);
    this.#wanted = [];
    this.#backlog.clear();
    this.#terminal.dispose();
  }

  #quietEnded(): void {
    this.#quietTimer = null;
    this.#bytesSinceQuiet = 0;
    this.#parseNext();
  }

  #mayParse(): boolean {
    if (this.#wanted.length > 0 || this.#bytesSinceQuiet <= floodBytes) return true;
    if (this.#backlog.length > limitBytes) this.#isWorkingOff = true;
    else if (this.#backlog.length <= limitBytes / 2) this.#isWorkingOff = false;
    return this.#isWorkingOff;
  }

  #parseNext(): void {
    if (this.#isParsing || this.#isDisposed || !this.#mayParse()) return;
    if (this.#backlog.length > floodBytes) this.#leaveOutScrolled();
    this.#tellWhenCaughtUp();
    if (!this.#mayParse()) return; // what was left out was enough
    const step = this.#backlog.first;
    if (step === undefined) this.#handOver();
    else if (step.kind === 'bytes') {
      this.#parse(this.#backlog.take(this.#pieceLength(step.length)), step.isAnsweredElsewhere);
    } else {
      this.#backlog.takeResize();
      this.#terminal.resize(step.size.columns, step.size.rows);
      this.#parseNext();
    }
  }

  #tellWhenCaughtUp(): void {
    if (!this.#wasBehind || this.isBehind) return;
    this.#wasBehind = false;
    this.#options.onCaughtUp();
  }

  #parse(bytes: Uint8Array, isAnsweredElsewhere: boolean): void {
    this.#isParsing = true;
    this.#isAnsweredElsewhere = isAnsweredElsewhere;
    this.#terminal.write(bytes, () => {
      this.#isAtLineStart = bytes.at(-1) === 0x0a && bytes.at(-2) === 0x0d;
      // Not within the emulator's own write: a resize there would parse this piece a second time.
      queueMicrotask(() => {
        this.#isParsing = false;
        this.#parseNext();
      });
    });
  }

  /** A piece of a large backlog ends after a line, so that what follows may be left out. */
  #pieceLength(available: number): number {
    const length = Math.min(available, pieceBytes);
    if (this.#isAtLineStart || available < pieceBytes) return length;
    const lineEnd = this.#backlog.view().subarray(0, length).indexOf('\r\n');
    return lineEnd < 0 ? length : lineEnd + 2;
  }

  /** Drops the oldest of the backlog where the lines that follow it push it out of the scrollback. */
  #leaveOutScrolled(): void {
    if (!this.#isAtLineStart || !isBetweenSequences(this.#terminal) || !scrollsWholeScreen(this.#terminal))
      return;
    const waiting = this.#backlog.view();
    const keepFrom = startOfLastLines(waiting, this.#options.scrollbackLines + this.#terminal.rows);
    const rendition = keepFrom === 0 ? null : renditionAfter(waiting.subarray(0, keepFrom));
    if (rendition === null) return;
    this.#backlog.drop(keepFrom);
    this.#backlog.prepend(Buffer.from(rendition, 'latin1'));
  }

  #handOver(): void {
    const wanted = this.#wanted;
    if (wanted.length === 0) return;
    this.#wanted = [];
    const snapshot = this.#serializer.serialize() + modesOutsideSnapshot(this.#terminal);
    for (const take of wanted) take(snapshot);
  }
}
