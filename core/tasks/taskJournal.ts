import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { isEnded, settleRecord, type TaskRecord, taskRecordSchema } from './taskRecord.ts';

const keptTasks = 200;

/** Tasks on disk, one folder each: `<folder>/<id>/task.json` and `log.jsonl`. Readable by their owner only. */
export class TaskJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All tasks, oldest first. Folders that cannot be read as a task are left alone and left out. */
  async load(): Promise<readonly TaskRecord[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const names = await readdir(this.#folder);
    const records = (await Promise.all(names.map((name) => this.read(name)))).filter(
      (record) => record !== null,
    );
    records.sort((a, b) => a.task.createdAt - b.task.createdAt);
    const spare = records
      .filter((record) => isEnded(record.task))
      .slice(0, Math.max(0, records.length - keptTasks));
    await Promise.all(spare.map((record) => this.remove(record.task.id)));
    return records.filter((record) => !spare.includes(record));
  }

  /** One task, settled; null when there is none by that name, or it cannot be read. */
  async read(name: string): Promise<TaskRecord | null> {
    const id = taskIdSchema.safeParse(name);
    if (!id.success) return null;
    const text = await readFile(join(this.#folder, id.data, 'task.json'), 'utf8').catch(() => null); // just removed
    if (text === null) return null;
    const parsed = taskRecordSchema.safeParse(parseJson(text));
    return parsed.success ? settleRecord(parsed.data) : null;
  }

  async create(record: TaskRecord): Promise<void> {
    await mkdir(join(this.#folder, record.task.id), { recursive: true, mode: 0o700 });
    await this.save(record);
  }

  async save(record: TaskRecord): Promise<void> {
    const file = join(this.#folder, record.task.id, 'task.json');
    const temporary = `${file}.${process.pid}.part`;
    await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
    await rename(temporary, file);
  }

  async remove(id: TaskId): Promise<void> {
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  logFile(id: TaskId): string {
    return join(this.#folder, id, 'log.jsonl');
  }

  get folder(): string {
    return this.#folder;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not written by us: left alone
  }
}
