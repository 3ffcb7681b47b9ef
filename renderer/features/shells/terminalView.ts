import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import type { TerminalId } from '#core/contract/ids.ts';
import type { TerminalSize } from '#core/contract/terminals.ts';
import { openDoor } from '#renderer/api/door.ts';
import { attachTerminal, type TerminalLine, type TerminalLineState } from '#renderer/api/terminalChannel.ts';
import { DrawPacer } from './drawPacer.ts';
import { skipEmptySelections } from './emptySelection.ts';
import { hasHardwareGraphics } from './hardwareGraphics.ts';
import { linesThatRun, pasteText } from './pasteText.ts';
import { safeLink } from './safeLink.ts';
import { minimumContrast, terminalColours } from './terminalColours.ts';

export interface TerminalAppearance {
  /** CSS pixels. */
  readonly fontSize: number;
  readonly scrollbackLines: number;
  readonly isScreenReaderMode: boolean;
}

export interface TerminalViewOptions {
  readonly id: TerminalId;
  readonly container: HTMLElement;
  readonly appearance: TerminalAppearance;
  readonly onState: (state: TerminalLineState) => void;
  /** A link that may be opened was clicked. */
  readonly onLink: (address: string) => void;
  /** A paste would run several lines at once: `paste` must be called to let it. */
  readonly onRiskyPaste: (text: string, lines: number) => void;
}

/** What is found, and how. */
export interface TerminalSearch {
  readonly text: string;
  readonly isCaseSensitive: boolean;
  readonly isRegex: boolean;
}
/** Place of the chosen match among all; `index` -1 where there are too many to count. */
export interface SearchResult {
  readonly index: number;
  readonly count: number;
}

const fontFamily = '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace';
const resizeMs = 60;
const matchColours = {
  matchBackground: '#5c4a12',
  matchOverviewRuler: '#e3b04b',
  activeMatchBackground: '#8a6d1a',
  activeMatchBorder: '#f2c56b',
  activeMatchColorOverviewRuler: '#f2c56b',
};

/** Opens an emulator in the container and attaches it to core's terminal. The font is loaded first: cells are measured by it. */
export async function openTerminalView(options: TerminalViewOptions): Promise<TerminalView> {
  await document.fonts.load(`${options.appearance.fontSize}px "JetBrains Mono Variable"`);
  return new TerminalView(options);
}

/** One terminal on the page: emulator, line to core, search, clipboard. */
export class TerminalView {
  readonly #options: TerminalViewOptions;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #pacer: DrawPacer;
  readonly #line: TerminalLine;
  readonly #observer: ResizeObserver;
  readonly #encoder = new TextEncoder();
  #resizeTimer: ReturnType<typeof setTimeout> | null = null;
  #hasEnded = false;

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily,
      lineHeight: 1.2,
      macOptionIsMeta: true,
      minimumContrastRatio: minimumContrast,
      theme: terminalColours,
      linkHandler: { activate: (_, text) => this.#openLink(text) },
      ...emulatorOptions(options.appearance),
    });
    this.#pacer = new DrawPacer(this.#terminal);
    this.#open();
    this.#line = attachTerminal(
      options.id,
      {
        size: () => this.#size(),
        onSnapshot: ({ size, data }, isFirst) => {
          this.#showSnapshot(size, data);
          if (isFirst) this.#fitSoon();
        },
        onBytes: (bytes, shown) => {
          this.#pacer.wrote(bytes.length);
          this.#terminal.write(bytes, shown);
        },
        // The list of terminals tells the same, for tabs and bars alike.
        onEnded: () => {
          this.#hasEnded = true;
        },
        onState: options.onState,
      },
      openDoor,
    );
    this.#terminal.onData((text) => this.#line.send(this.#encoder.encode(text)));
    this.#terminal.onBinary((text) =>
      this.#line.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))),
    );
    this.#observer = new ResizeObserver(() => this.#fitSoon());
    this.#observer.observe(options.container);
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Tries at once to reach core again. */
  reconnect(): void {
    this.#line.tryNow();
  }

  setAppearance(appearance: TerminalAppearance): void {
    Object.assign(this.#terminal.options, emulatorOptions(appearance));
    this.#fitSoon();
  }

  get hasSelection(): boolean {
    return this.#terminal.hasSelection();
  }

  async copy(): Promise<void> {
    const text = this.#terminal.getSelection();
    if (text !== '') await navigator.clipboard.writeText(text);
  }

  /** Pastes what the person has seen and agreed to, or what runs nothing by itself. */
  paste(text: string): void {
    this.#terminal.paste(text);
    this.#terminal.focus();
  }

  /** Pastes clipboard text; asks first where it would run several lines. */
  offerPaste(clipboard: string): void {
    const text = pasteText(clipboard);
    const lines = linesThatRun(text, this.#terminal.modes.bracketedPasteMode);
    if (lines === null) this.paste(text);
    else this.#options.onRiskyPaste(text, lines);
  }

  selectAll(): void {
    this.#terminal.selectAll();
  }

  /** Empties the scrollback; the line with the cursor stays. */
  clear(): void {
    this.#terminal.clear();
  }

  /** Chooses the next match; false where there is none. Throws a SyntaxError for a regular expression that is none. */
  find(search: TerminalSearch, direction: 'next' | 'previous', isTyping = false): boolean {
    if (search.isRegex) new RegExp(search.text);
    const options = {
      caseSensitive: search.isCaseSensitive,
      regex: search.isRegex,
      incremental: isTyping,
      decorations: matchColours,
    };
    return direction === 'next'
      ? this.#search.findNext(search.text, options)
      : this.#search.findPrevious(search.text, options);
  }

  onSearchResult(listener: (result: SearchResult) => void): { dispose(): void } {
    return this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      listener({ index: resultIndex, count: resultCount }),
    );
  }

  endSearch(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  dispose(): void {
    this.#observer.disconnect();
    if (this.#resizeTimer !== null) clearTimeout(this.#resizeTimer);
    this.#options.container.removeEventListener('paste', this.#takePaste, { capture: true });
    this.#line.dispose();
    this.#pacer.dispose();
    this.#terminal.dispose();
  }

  #open(): void {
    const { container } = this.#options;
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#terminal.loadAddon(new WebLinksAddon((_, text) => this.#openLink(text)));
    this.#terminal.attachCustomKeyEventHandler((event) => this.#isForProgram(event));
    this.#terminal.open(container);
    skipEmptySelections(this.#terminal);
    container.addEventListener('paste', this.#takePaste, { capture: true });
    this.#fit.fit();
    if (hasHardwareGraphics()) void this.#drawWithHardware();
  }

  async #drawWithHardware(): Promise<void> {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose()); // the emulator then draws with the page again
    this.#terminal.loadAddon(addon);
  }

  /**
   * Every key is the program's but copy and paste, and Tab where it has ended: nobody is caught in a terminal without a
   * program. (The workbench's own chords were taken by the window before.)
   * Paste is left to the browser, which then gives the text without asking for permission.
   */
  #isForProgram(event: KeyboardEvent): boolean {
    if (this.#hasEnded && event.key === 'Tab') return false;
    const isMac = navigator.platform.startsWith('Mac');
    const isChord = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && event.shiftKey;
    if (!isChord || event.altKey) return true;
    if (event.code === 'KeyV') return false;
    if (event.code !== 'KeyC') return true;
    event.preventDefault();
    if (event.type === 'keydown') void this.copy();
    return false;
  }

  readonly #takePaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    this.offerPaste(event.clipboardData?.getData('text/plain') ?? '');
  };

  #openLink(text: string): void {
    if (this.#terminal.hasSelection()) return; // the pointer selected the link's text
    const address = safeLink(text);
    if (address !== null) this.#options.onLink(address);
  }

  #showSnapshot(size: TerminalSize, data: string): void {
    this.#terminal.reset();
    this.#terminal.resize(size.columns, size.rows);
    this.#terminal.write(data);
  }

  #size(): TerminalSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Programs redraw at each new size: while the person drags, not every step is told. */
  #fitSoon(): void {
    this.#resizeTimer ??= setTimeout(() => {
      this.#resizeTimer = null;
      const wanted = this.#fit.proposeDimensions();
      if (this.#options.container.offsetParent === null || wanted === undefined) return; // hidden
      const size = { columns: Math.max(2, wanted.cols), rows: Math.max(1, wanted.rows) };
      if (size.columns === this.#terminal.cols && size.rows === this.#terminal.rows) return;
      this.#terminal.resize(size.columns, size.rows);
      this.#line.resize(size);
    }, resizeMs);
  }
}

function emulatorOptions({ fontSize, scrollbackLines, isScreenReaderMode }: TerminalAppearance) {
  return { fontSize, scrollback: scrollbackLines, screenReaderMode: isScreenReaderMode };
}
