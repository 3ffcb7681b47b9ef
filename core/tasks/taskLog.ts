import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LogBatch, LogLine } from '#core/contract/tasks.ts';
import { logLineSchema } from '#core/contract/tasks.ts';
import { Broadcast } from './broadcast.ts';

const flushMs = 200;
const longestLine = 8192;
const batchLines = 500;
/** A program that never stops talking must not fill the disk. */
const mostLines = 100_000;
const storedLineSchema = logLineSchema.extend({ offset: z.number().int().nonnegative().optional() });

/**
 * The log of one task: in memory while it runs, in a file of JSON lines always. A line may carry `offset`, up to which
 * byte of a detached job's output the log has come with it: both are written in one piece, so that whoever goes on with
 * the log neither repeats nor leaves out a line.
 */
export class TaskLog {
  readonly #file: string;
  readonly #lines: LogLine[] = [];
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
      const parsed = storedLineSchema.safeParse(parseJson(line));
      if (!parsed.success) continue;
      const { offset, ...rest } = parsed.data;
      log.#lines.push(rest);
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
    if (this.#lines.length >= mostLines) return;
    const line = { at: Date.now(), stream, text: text.slice(0, longestLine) };
    this.#lines.push(line);
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
        const lines = this.#lines.slice(next, next + batchLines);
        const isLast = this.#ended && next + lines.length >= this.#lines.length;
        if (lines.length > 0 || isLast) yield { from: next, lines, ended: isLast };
        next += lines.length;
        if (isLast) return;
      } while (next < this.#lines.length);
    }
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#unwritten.length === 0) return;
    const text = `${this.#unwritten.join('\n')}\n`;
    this.#unwritten = [];
    // A log that cannot be written (disk full) must not fail the work that it tells of; it stays in memory.
    this.#writing = this.#writing
      .then(() => appendFile(this.#file, text, { mode: 0o600 }))
      .catch(() => undefined);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // a line that was cut by a crash
  }
}
