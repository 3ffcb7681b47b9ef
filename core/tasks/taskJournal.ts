import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { errnoOf } from '#core/hosts/fileErrors.ts';
import { mayBeAlive, type ProcessOwner, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';
import { isEnded, isThisProcess, settleRecord, type TaskRecord, taskRecordSchema } from './taskRecord.ts';

const keptTasks = 200;

/**
 * Tasks on disk, one folder each: `<folder>/<id>/task.json` and `log.jsonl`. Readable by their owner only. Who takes over
 * a task of a dead process makes `owner.<n>`, n one more than the last: of two, one makes it.
 */
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

  /**
   * Takes a task over whose owner is certainly gone; true when this process owns it now (or did before). Of several
   * processes that ask at once, one is told so.
   */
  async claim(id: TaskId): Promise<boolean> {
    const folder = join(this.#folder, id);
    const names = await readdir(folder).catch(() => []); // dismissed by another process
    const numbers = names.flatMap((name) => /^owner\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
    const last = Math.max(0, ...numbers);
    const owner = last === 0 ? await this.#firstOwner(id) : await readOwner(join(folder, `owner.${last}`));
    if (owner === null) return false;
    if (isThisProcess(owner)) return true;
    if (mayBeAlive(owner)) return false;
    const temporary = join(folder, `.owner.${randomUUID()}`);
    await writeFile(temporary, JSON.stringify(thisProcess), { mode: 0o600 });
    try {
      await link(temporary, join(folder, `owner.${last + 1}`));
    } catch (thrown) {
      if (errnoOf(thrown) === 'EEXIST') return false;
      throw thrown;
    } finally {
      await rm(temporary, { force: true });
    }
    await Promise.all(numbers.map((number) => rm(join(folder, `owner.${number}`), { force: true })));
    return true;
  }

  async #firstOwner(id: TaskId): Promise<ProcessOwner | null> {
    return (await this.read(id))?.owner ?? null;
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

/** Null for a claim that has just been replaced, or cannot be read. */
async function readOwner(file: string): Promise<ProcessOwner | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const parsed = processOwnerSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not written by us: left alone
  }
}
