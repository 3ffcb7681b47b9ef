import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { TaskJournal } from './taskJournal.ts';
import { isEnded, type TaskRecord } from './taskRecord.ts';

/** Follows the tasks that other processes (command lines) write into the same folder: reads again what they touch. */
export class OtherTasks {
  readonly #journal: TaskJournal;
  readonly #isOurs: (id: TaskId) => boolean;
  readonly #onRecord: (record: TaskRecord) => void;
  readonly #closing = new AbortController();
  readonly #followed = new Map<TaskId, AbortController>();

  constructor(
    journal: TaskJournal,
    to: { readonly isOurs: (id: TaskId) => boolean; readonly onRecord: (record: TaskRecord) => void },
  ) {
    this.#journal = journal;
    this.#isOurs = to.isOurs;
    this.#onRecord = to.onRecord;
  }

  /** Follows these tasks and all that appear from now on. */
  begin(records: readonly TaskRecord[]): void {
    for (const { task } of records) void this.#follow(task.id);
    void this.#followFolder();
  }

  /** The task is ours now. */
  stop(id: TaskId): void {
    this.#followed.get(id)?.abort();
  }

  dispose(): void {
    this.#closing.abort();
  }

  async #followFolder(): Promise<void> {
    const { signal } = this.#closing;
    const follow = async (): Promise<void> => {
      for await (const event of watch(this.#journal.folder, { signal })) {
        const id = taskIdSchema.safeParse(event.filename);
        if (id.success && !this.#isOurs(id.data)) void this.#follow(id.data);
      }
    };
    await follow().catch(() => undefined); // closing, or no watch to be had: their tasks are seen at the next start
  }

  /** Follows one task until it ends. Its folder is there before its first record is. */
  async #follow(id: TaskId): Promise<void> {
    if (this.#followed.has(id)) return;
    const stop = new AbortController();
    this.#followed.set(id, stop);
    const signal = AbortSignal.any([this.#closing.signal, stop.signal]);
    const look = async (): Promise<void> => {
      const record = await this.#journal.read(id);
      if (record === null || signal.aborted || this.#isOurs(id)) return;
      this.#onRecord(record);
      if (isEnded(record.task)) stop.abort();
    };
    const follow = async (): Promise<void> => {
      const changes = watch(join(this.#journal.folder, id), { signal });
      await look();
      for await (const _ of changes) await look();
    };
    await follow().catch(() => undefined); // ended, adopted, or closing
    this.#followed.delete(id);
  }
}
