import type { TextRange } from '#core/contract/definitions.ts';

/** One line of a text. */
export interface SourceLine {
  /** From 1 on. */
  readonly number: number;
  /** Without the line end; a carriage return before it does not belong to it either. */
  readonly text: string;
  /** Offsets of the text, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  /** Length as UTF-8 as the runtime's scanner keeps it: the line end with it where there is one. */
  readonly bytes: number;
}

const encoder = new TextEncoder();
const nonAscii = /[^\0-\x7f]/;

/** Text → its lines. A line ends at a line feed alone, as for the runtime; after the last one there is no empty line. */
export function linesOf(text: string): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  let from = 0;
  while (from < text.length) {
    const feed = text.indexOf('\n', from);
    const end = feed < 0 ? text.length : feed;
    const to = end > from && text[end - 1] === '\r' ? end - 1 : end;
    const next = feed < 0 ? end : feed + 1;
    const raw = text.slice(from, next);
    lines.push({
      number: lines.length + 1,
      text: text.slice(from, to),
      from,
      to,
      bytes: nonAscii.test(raw) ? encoder.encode(raw).length : raw.length,
    });
    from = next;
  }
  return lines;
}

/** Gives ranges of a text by offsets. */
export interface Places {
  range(from: number, to: number): TextRange;
  lineAt(offset: number): number;
}

/** Offsets → lines and columns, in logarithmic time. */
export function placesIn(lines: readonly SourceLine[]): Places {
  const starts = lines.map(({ from }) => from);
  const lineAt = (offset: number) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(low, 1);
  };
  const columnAt = (offset: number, line: number) => offset - (starts[line - 1] ?? 0) + 1;
  return {
    lineAt,
    range: (from, to) => {
      const line = lineAt(from);
      const endLine = lineAt(to);
      return { from, to, line, column: columnAt(from, line), endLine, endColumn: columnAt(to, endLine) };
    },
  };
}

/** What the runtime's language (Go) takes as white space, which is not what `trim` does: U+FEFF is none, U+0085 is one. */
function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return wideSpace.test(text.charAt(at));
}

const wideSpace = /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function trimSpace(text: string): string {
  const from = indentation(text);
  let to = text.length;
  while (to > from && isSpace(text, to - 1)) to -= 1;
  return text.slice(from, to);
}

/** How many units of white space a text begins with. */
export function indentation(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text, at)) at += 1;
  return at;
}

/** Whether the first word of a line begins with `%`: such a line begins a section, wherever it stands. */
export function isSectionLine(text: string): boolean {
  return text.includes('%') && text[indentation(text)] === '%';
}
