import type { LogBatch, LogLine } from '#core/contract/tasks.ts';

/** Lines of a log that the page keeps. */
export const logLimit = 20_000;

export interface LogView {
  readonly lines: readonly LogLine[];
  /** Number of the line that comes next, for going on after a lost line to core. */
  readonly next: number;
  /** Lines that were left out at the beginning. */
  readonly dropped: number;
}

export const emptyLog: LogView = { lines: [], next: 0, dropped: 0 };

/** A batch onto a log; lines that are already there are passed over. */
export function applyLogBatch(view: LogView, batch: LogBatch): LogView {
  const fresh = batch.lines.slice(Math.max(0, view.next - batch.from));
  if (fresh.length === 0) return view;
  const all = [...view.lines, ...fresh];
  const excess = Math.max(0, all.length - logLimit);
  return {
    lines: excess === 0 ? all : all.slice(excess),
    next: batch.from + batch.lines.length,
    dropped: view.dropped + excess,
  };
}

// CSI and OSC sequences, other escapes, and control characters but tab: ECMA-48.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  /\u001b\[[0-?]*[ -/]*[@-~]?|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** A line as text: colours and cursor movements out, and of an overwritten line what was last on it. */
export function plainLine(text: string): string {
  const lastDrawn = text.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return lastDrawn.replace(escapes, '');
}

/** A whole log as text to copy. */
export function logAsText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => (line.stream === 'command' ? `$ ${plainLine(line.text)}` : plainLine(line.text)))
    .join('\n');
}
