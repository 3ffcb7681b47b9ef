import type { LogBatch, LogLine } from '#core/contract/tasks.ts';
import { plainLine } from './ansiText.ts';

/** Lines of a log that the page keeps, and how many of them are its first ones; core keeps as many. */
const logLimit = 100_000;
const firstLines = 20_000;

/** A log that grows: each line is read once, whatever is asked of it afterwards. */
export interface LogText {
  /** Number of the line that comes next, for going on after a lost line to core. */
  readonly next: () => number;
  readonly count: () => number;
  /** Lines that are missing between the first ones and the last; a line in their place says so. */
  readonly dropped: () => number;
  /** As it came; indexes go from 0 to `count`. */
  readonly lineAt: (index: number) => LogLine | undefined;
  /** As it is shown, without colours. */
  readonly textAt: (index: number) => string;
  /** Takes a batch; lines that are already there are passed over. */
  readonly take: (batch: LogBatch) => void;
  /** Indexes of the lines that have a text in them, whatever its case. */
  readonly find: (wanted: string) => readonly number[];
  /** Everything, to copy. */
  readonly whole: () => string;
}

/** An empty log. `gapText` says of how many lines that they are missing. */
export function createLogText(
  gapText: (missing: number) => string,
  { limit = logLimit, first = firstLines } = {},
): LogText {
  const lines: LogLine[] = [];
  const texts: string[] = [];
  let next = 0;
  let dropped = 0;
  let search: { readonly wanted: string; readonly found: number[]; readTo: number } = {
    wanted: '',
    found: [],
    readTo: 0,
  };

  /** The line of the gap stands behind the first ones. */
  function showGap(): void {
    const text = gapText(dropped);
    lines[first] = { at: lines[first]?.at ?? 0, stream: 'note', text };
    texts[first] = text;
    search = { wanted: '', found: [], readTo: 0 };
  }

  function dropExcess(): void {
    const excess = lines.length - limit;
    if (excess <= 0) return;
    const isFirstGap = dropped === 0;
    // The first of them gives its place to the line of the gap.
    lines.splice(first + 1, excess);
    texts.splice(first + 1, excess);
    dropped += isFirstGap ? excess + 1 : excess;
    showGap();
  }

  return {
    next: () => next,
    count: () => lines.length,
    dropped: () => dropped,
    lineAt: (index) => lines[index],
    textAt: (index) => texts[index] ?? '',
    take(batch) {
      const missing = batch.from - next;
      const before = lines.length;
      for (const line of batch.lines.slice(Math.max(0, next - batch.from))) {
        lines.push(line);
        texts.push(plainLine(line.text));
      }
      next = Math.max(next, batch.from + batch.lines.length);
      // Core left lines out, and says so in its first line.
      if (missing > 0 && before === first) {
        dropped += missing + 1;
        showGap();
      }
      dropExcess();
    },
    find(text) {
      const wanted = text.toLowerCase();
      if (wanted === '') return [];
      if (search.wanted !== wanted) search = { wanted, found: [], readTo: 0 };
      if (search.readTo === texts.length) return search.found;
      const found = [...search.found];
      for (let index = search.readTo; index < texts.length; index += 1)
        if (texts[index]?.toLowerCase().includes(wanted) === true) found.push(index);
      search = { wanted, found, readTo: texts.length };
      return found;
    },
    whole: () =>
      lines
        .map(({ stream }, index) => (stream === 'command' ? `$ ${texts[index]}` : (texts[index] ?? '')))
        .join('\n'),
  };
}

/**
 * The line where work failed: where the shell traced the command (`+ cat /missing`), else the last that the runtime
 * calls fatal or an error; null where there is none.
 */
export function failedLogLine(log: LogText, command: string | null): number | null {
  const wanted = command?.split('\n')[0]?.trim() ?? '';
  let lastError: number | null = null;
  for (let index = log.count() - 1; index >= 0; index -= 1) {
    const text = log.textAt(index);
    const traced = /^\++ (.*)$/.exec(text)?.[1]?.trim();
    if (wanted !== '' && traced === wanted) return index;
    if (lastError === null && /^(?:FATAL|ERROR)\s*:/.test(text)) lastError = index;
    if (wanted === '' && lastError !== null) return lastError;
  }
  return lastError;
}

/** What the runtime's own word at the beginning of a line makes of it. */
export function lineTone(text: string): 'bad' | 'warn' | 'trace' | null {
  if (/^(?:FATAL|ERROR)\s*:/.test(text)) return 'bad';
  if (/^WARNING\s*:/.test(text)) return 'warn';
  return /^\++ /.test(text) ? 'trace' : null;
}
