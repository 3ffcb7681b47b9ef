import type { Terminal } from '@xterm/headless';

/**
 * What @xterm/headless 6.0.0 knows of its state beyond its public interface (the names are those of xterm.js's sources,
 * src/common; @xterm/addon-serialize reaches in by the same way).
 */
interface Internals {
  readonly _core: {
    readonly _inputHandler: { readonly _parser: { readonly currentState: number } };
    readonly _bufferService: {
      readonly buffer: { readonly scrollTop: number; readonly scrollBottom: number };
    };
    readonly coreService: {
      readonly isCursorHidden: boolean;
      readonly decPrivateModes: {
        readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined;
        readonly cursorBlink: boolean | undefined;
      };
    };
    readonly coreMouseService: { readonly activeEncoding: string };
  };
}

const groundState = 0;
const mouseEncodings: Readonly<Record<string, string>> = { SGR: '\x1b[?1006h', SGR_PIXELS: '\x1b[?1016h' };
const cursorShapes = { block: 1, underline: 3, bar: 5 } as const;

/** False in the middle of an escape sequence. */
export function isBetweenSequences(terminal: Terminal): boolean {
  return internalsOf(terminal)._inputHandler._parser.currentState === groundState;
}

/** True where every line that scrolls off goes to the scrollback: the normal buffer without scroll margins. */
export function scrollsWholeScreen(terminal: Terminal): boolean {
  return terminal.buffer.active.type === 'normal' && marginsOf(terminal) === null;
}

/** The state that @xterm/addon-serialize 0.14.0 leaves out, as escape sequences that follow its own. */
export function modesOutsideSnapshot(terminal: Terminal): string {
  const { coreService, coreMouseService } = internalsOf(terminal);
  const { cursorStyle, cursorBlink } = coreService.decPrivateModes;
  const shape =
    cursorStyle === undefined ? '' : `\x1b[${cursorShapes[cursorStyle] + (cursorBlink === true ? 0 : 1)} q`;
  return [
    mouseEncodings[coreMouseService.activeEncoding] ?? '',
    shape,
    coreService.isCursorHidden ? '\x1b[?25l' : '',
    marginsAndCursor(terminal),
  ].join('');
}

/** Setting margins or the origin mode moves the cursor home, so it is put back last. */
function marginsAndCursor(terminal: Terminal): string {
  const margins = marginsOf(terminal);
  const isOrigin = terminal.modes.originMode;
  if (margins === null && !isOrigin) return '';
  const { cursorX, cursorY } = terminal.buffer.active;
  const row = cursorY - (isOrigin ? (margins?.top ?? 0) : 0);
  const set = margins === null ? '' : `\x1b[${margins.top + 1};${margins.bottom + 1}r`;
  return `${set}\x1b[${row + 1};${Math.min(cursorX, terminal.cols - 1) + 1}H`;
}

function marginsOf(terminal: Terminal): { readonly top: number; readonly bottom: number } | null {
  const { scrollTop, scrollBottom } = internalsOf(terminal)._bufferService.buffer;
  return scrollTop === 0 && scrollBottom === terminal.rows - 1
    ? null
    : { top: scrollTop, bottom: scrollBottom };
}

function internalsOf(terminal: Terminal): Internals['_core'] {
  return (terminal as unknown as Internals)._core;
}
