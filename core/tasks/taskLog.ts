import { appendFile, readFile } from 'node:fs/promises';
import type { LogBatch, LogLine } from '#core/contract/tasks.ts';
import { logLineSchema } from '#core/contract/tasks.ts';
import { Broadcast } from './broadcast.ts';

const flushMs = 200;
const longestLine = 8192;
const batchLines = 500;
const mostLines = 50_000;

/** The log of one task: in memory while it runs, in a file of JSON lines always. */
export class TaskLog {
  readonly #file: string;
  readonly #lines: LogLine[] = [];
  readonly #changes = new Broadcast<'more'>();
  #unwritten: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** The log of a task that has ended, or that another process runs. Lines that cannot be read are left out. */
  static async load(file: string): Promise<TaskLog> {
    const log = new TaskLog(file);
    const text = await readFile(file, 'utf8').catch(() => ''); // a task may end before it says anything
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const parsed = logLineSchema.safeParse(parseJson(line));
      if (parsed.success) log.#lines.push(parsed.data);
    }
    log.#ended = true;
    return log;
  }

  add(stream: LogLine['stream'], text: string): void {
    if (this.#lines.length >= mostLines) return;
    const line = { at: Date.now(), stream, text: text.slice(0, longestLine) };
    this.#lines.push(line);
    this.#unwritten.push(JSON.stringify(line));
    this.#timer ??= setTimeout(() => this.#flush(), flushMs);
    this.#changes.tell('more');
  }

  /** Writes what is left; no more lines come. */
  async end(): Promise<void> {
    this.#flush();
    await this.#writing;
    this.#ended = true;
    this.#changes.tell('more');
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
