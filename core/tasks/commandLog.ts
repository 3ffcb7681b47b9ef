import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CommandLogEvent, type CommandRecord, commandRecordSchema } from '#core/contract/commandLog.ts';
import type { CommandObserver } from '#core/hosts/commandObserver.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { Broadcast } from './broadcast.ts';

const keptRecords = 2000;

/** Every command line that was run, masked, newest last; kept in a file of JSON lines over restarts. */
export class CommandLog implements CommandObserver {
  readonly #file: string;
  readonly #records = new Map<string, CommandRecord>();
  readonly #changes = new Broadcast<CommandLogEvent>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string) {
    this.#file = file;
  }

  static async open(file: string): Promise<CommandLog> {
    const log = new CommandLog(file);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const text = await readFile(file, 'utf8').catch(() => ''); // the first sitting has none
    const lines = text.split('\n').filter((line) => line !== '');
    for (const line of lines) {
      const record = parseRecord(line);
      if (record !== null) log.#records.set(record.id, record);
    }
    log.#trim();
    if (lines.length > keptRecords * 2) await log.#rewrite();
    return log;
  }

  started: CommandObserver['started'] = (hostId, spec, taskId) => {
    const record: CommandRecord = {
      id: randomUUID(),
      hostId,
      taskId,
      startedAt: Date.now(),
      endedAt: null,
      ran: showCommand(spec),
      byHand: spec.byHand,
      purpose: spec.purpose,
      exitStatus: null,
    };
    this.#put(record);
    return { ended: (exitStatus) => this.#put({ ...record, endedAt: Date.now(), exitStatus }) };
  };

  watch(signal?: AbortSignal): AsyncGenerator<CommandLogEvent, void, undefined> {
    return this.#changes.follow(signal, () => [{ type: 'snapshot', records: [...this.#records.values()] }]);
  }

  /** The chosen records (all when none is named) as a shell script with a comment above each line. */
  exportScript(ids: readonly string[]): string {
    const chosen = [...this.#records.values()].filter(
      (record) => ids.length === 0 || ids.includes(record.id),
    );
    return `${['#!/bin/sh', '# Commands of MySingularity Workbench. Secrets are masked.', ...chosen.map(scriptLines)].join('\n\n')}\n`;
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #put(record: CommandRecord): void {
    this.#records.set(record.id, record);
    this.#trim();
    this.#changes.tell({ type: 'changed', record });
    const line = `${JSON.stringify(record)}\n`;
    // The log must not fail the work that it tells of: a line that cannot be written stays in memory.
    this.#writing = this.#writing
      .then(() => appendFile(this.#file, line, { mode: 0o600 }))
      .catch(() => undefined);
  }

  #trim(): void {
    for (const id of this.#records.keys()) {
      if (this.#records.size <= keptRecords) return;
      this.#records.delete(id);
    }
  }

  async #rewrite(): Promise<void> {
    const text = [...this.#records.values()].map((record) => `${JSON.stringify(record)}\n`).join('');
    const temporary = `${this.#file}.${process.pid}.part`;
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, this.#file);
  }
}

function parseRecord(line: string): CommandRecord | null {
  try {
    const parsed = commandRecordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // a line that was cut by a crash
  }
}

function scriptLines(record: CommandRecord): string {
  const status = record.exitStatus === null ? '' : `, exit status ${record.exitStatus}`;
  const lines = [
    `# ${oneLine(record.purpose)} on ${record.hostId}, ${new Date(record.startedAt).toISOString()}${status}`,
  ];
  if (record.byHand === null) return [...lines, record.ran].join('\n');
  return [...lines, `# ran: ${oneLine(record.ran)}`, record.byHand].join('\n');
}

/** A name with a line end must not turn the rest of a comment into a command. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
