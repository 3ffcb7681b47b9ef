import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LogBatch, LogLine } from '#core/contract/tasks.ts';
import { logLineSchema } from '#core/contract/tasks.ts';
import { Broadcast } from './broadcast.ts';

const flushMs = 200;
const longestLine = 8192;
const batchLines = 500;
/** A program that never stops talking must fill neither memory nor disk; how it began and how it ended is kept. */
const firstLines = 20_000;
const lastLines = 80_000;
/** So many more lines may be there, in memory and in the file, before the excess goes in one go. */
const slackLines = 2000;
const fileSlackLines = 40_000;
const storedLineSchema = logLineSchema.extend({ offset: z.number().int().nonnegative().optional() });
/** Stands in the file between the first and the last lines. */
const gapSchema = z.object({ missing: z.number().int().positive() });

/**
 * The log of one task: in memory while it runs, in a file of JSON lines always. Of a long one the first 20,000 lines and
 * the last 80,000 are kept, with a line between that says how many are missing; lines keep their numbers. A line may carry `offset`, up to which
 * byte of a detached job's output the log has come with it: both are written in one piece, so that whoever goes on with
 * the log neither repeats nor leaves out a line.
 */
export class TaskLog {
  readonly #file: string;
  readonly #first: LogLine[] = [];
  readonly #last: LogLine[] = [];
  /** Lines that are missing between. */
  #missing = 0;
  #linesInFile = 0;
  readonly #changes = new Broadcast<'more'>();
  #unwritten: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #ended = false;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The log of a task that has ended, or that another process runs. Lines that cannot be read are left out. */
  static async load(file: string): Promise<TaskLog> {
    const log = await TaskLog.continue(file);
    log.#unwritten = [];
    log.#ended = true;
    return log;
  }

  /** The log of a task that goes on: new lines follow those that are there. */
  static async continue(file: string): Promise<TaskLog> {
    const log = new TaskLog(file);
    const text = await readFile(file, 'utf8').catch(() => ''); // a task may end before it says anything
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const json = parseJson(line);
      const gap = gapSchema.safeParse(json);
      if (gap.success) log.#missing += gap.data.missing;
      const parsed = storedLineSchema.safeParse(json);
      if (!parsed.success) continue;
      const { offset, ...rest } = parsed.data;
      log.#linesInFile += 1;
      log.#keep(rest);
      log.#offset = offset ?? log.#offset;
    }
    // A line that was cut by a crash must not swallow the next one.
    if (text !== '' && !text.endsWith('\n')) log.#unwritten.push('');
    return log;
  }

  /** The last offset of the lines; 0 where none has one. */
  get offset(): number {
    return this.#offset;
  }

  add(stream: LogLine['stream'], text: string, offset?: number): void {
    this.#offset = offset ?? this.#offset;
    const line = { at: Date.now(), stream, text: text.slice(0, longestLine) };
    this.#keep(line);
    this.#unwritten.push(JSON.stringify({ ...line, offset }));
    this.#timer ??= setTimeout(() => this.#flush(), flushMs);
    this.#changes.tell('more');
  }

  /** Writes what is left; no more lines come. */
  async end(): Promise<void> {
    await this.flush();
    this.#ended = true;
    this.#changes.tell('more');
  }

  /** Writes what is left; the task goes on without us. */
  async flush(): Promise<void> {
    this.#flush();
    await this.#writing;
  }

  /** Lines from number `from` on, then new ones as they come; ends with the task. */
  async *follow(from: number, signal: AbortSignal | undefined): AsyncGenerator<LogBatch, void, undefined> {
    let next = from;
    for await (const _ of this.#changes.follow(
      signal,
      () => ['more'],
      (waiting) => waiting.slice(-1),
    )) {
      do {
        const { from: first, lines } = this.#batchAt(next);
        const isLast = this.#ended && first + lines.length >= this.#count;
        if (lines.length > 0 || isLast) yield { from: first, lines, ended: isLast };
        next = first + lines.length;
        if (isLast) return;
      } while (next < this.#count);
    }
  }

  /** Lines that ever came. */
  get #count(): number {
    return this.#first.length + this.#missing + this.#last.length;
  }

  #keep(line: LogLine): void {
    if (this.#first.length < firstLines) this.#first.push(line);
    else if (this.#last.push(line) >= lastLines + slackLines)
      this.#missing += this.#last.splice(0, this.#last.length - lastLines).length;
  }

  /** Lines from a number on; where that is missing, from the line that says so. */
  #batchAt(next: number): { readonly from: number; readonly lines: LogLine[] } {
    if (next < this.#first.length) return { from: next, lines: this.#first.slice(next, next + batchLines) };
    const lastFrom = this.#first.length + this.#missing;
    if (next >= lastFrom)
      return { from: next, lines: this.#last.slice(next - lastFrom, next - lastFrom + batchLines) };
    const text = `${this.#missing.toLocaleString('en')} lines are missing here: of a long log its beginning and its end are kept.`;
    const gap: LogLine = { at: this.#first.at(-1)?.at ?? 0, stream: 'note', text };
    return { from: lastFrom - 1, lines: [gap, ...this.#last.slice(0, batchLines - 1)] };
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#unwritten.length === 0) return;
    this.#linesInFile += this.#unwritten.length;
    const isLong = this.#linesInFile > firstLines + lastLines + fileSlackLines;
    const text = isLong ? this.#whole() : `${this.#unwritten.join('\n')}\n`;
    if (isLong) this.#linesInFile = this.#first.length + this.#last.length;
    this.#unwritten = [];
    // A log that cannot be written (disk full) must not fail the work that it tells of; it stays in memory.
    this.#writing = this.#writing
      .then(() => (isLong ? this.#rewrite(text) : appendFile(this.#file, text, { mode: 0o600 })))
      .catch(() => undefined);
  }

  /** The file as it is when only what is kept stands in it. */
  #whole(): string {
    const gap = this.#missing === 0 ? [] : [JSON.stringify({ missing: this.#missing })];
    const last = this.#last.at(-1);
    const lines = [
      ...this.#first.map((line) => JSON.stringify(line)),
      ...gap,
      ...this.#last.slice(0, -1).map((line) => JSON.stringify(line)),
      ...(last === undefined ? [] : [JSON.stringify({ ...last, offset: this.#offset })]),
    ];
    return `${lines.join('\n')}\n`;
  }

  async #rewrite(text: string): Promise<void> {
    const part = `${this.#file}.part`;
    await writeFile(part, text, { mode: 0o600 });
    await rename(part, this.#file);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // a line that was cut by a crash
  }
}
