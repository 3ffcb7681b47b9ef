import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { LogBatch, Progress, Task, TaskEvent, TaskKind, TaskState } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { thisProcess } from '#core/hosts/processOwner.ts';
import { Broadcast } from './broadcast.ts';
import { mergeProgress, type ProgressMemory } from './progress.ts';
import { TaskCancelled, type TaskContext, type TaskDefinition } from './task.ts';
import { TaskJournal } from './taskJournal.ts';
import { TaskLog } from './taskLog.ts';
import { isEnded, type TaskRecord } from './taskRecord.ts';

const tellMs = 100;
const saveMs = 1000;

/** A task that this process runs. */
interface Running {
  readonly abort: AbortController;
  readonly log: TaskLog;
  readonly ended: Promise<void>;
}

/** Runs long work, tells what becomes of it, and keeps it on disk over restarts. */
export class TaskManager {
  readonly #journal: TaskJournal;
  readonly #definitions = new Map<TaskKind, TaskDefinition<unknown>>();
  readonly #records = new Map<TaskId, TaskRecord>();
  readonly #running = new Map<TaskId, Running>();
  readonly #events = new Broadcast<TaskEvent>();
  readonly #closing = new AbortController();
  readonly #followed = new Set<TaskId>();
  #sequence = 0;

  private constructor(journal: TaskJournal) {
    this.#journal = journal;
  }

  /** Reads the tasks of earlier sittings from `folder`, and follows those of other processes. */
  static async open(folder: string): Promise<TaskManager> {
    const manager = new TaskManager(new TaskJournal(folder));
    for (const record of await manager.#journal.load()) manager.#records.set(record.task.id, record);
    void manager.#followOthers();
    return manager;
  }

  /** Makes a kind of work known. */
  define<Input>(definition: TaskDefinition<Input>): void {
    this.#definitions.set(definition.kind, {
      kind: definition.kind,
      input: definition.input,
      describe: (input) => definition.describe(definition.input.parse(input)),
      storedInput: (input) => definition.storedInput(definition.input.parse(input)),
      run: (input, context) => definition.run(definition.input.parse(input), context),
    });
  }

  /** Starts work and returns at once. Fails with input.invalid when the input does not fit the kind. */
  async start(kind: TaskKind, input: unknown): Promise<TaskId> {
    const definition = this.#definition(kind);
    const checked = definition.input.safeParse(input);
    if (!checked.success) throw workbenchError('input.invalid', { reason: checked.error.message });
    const id = taskIdSchema.parse(randomUUID());
    const now = Date.now();
    const task: Task = {
      id,
      kind,
      ...definition.describe(checked.data),
      createdAt: now,
      startedAt: now,
      endedAt: null,
      status: { state: 'running', progress: mergeProgress(null, { phase: 'queue' }).progress },
      isForeign: false,
      canRetry: true,
    };
    const record = { task, input: definition.storedInput(checked.data), owner: thisProcess };
    this.#records.set(id, record); // first, so that the folder that appears is known as ours
    await this.#journal.create(record);
    this.#tell({ type: 'changed', task });
    const abort = new AbortController();
    const log = new TaskLog(this.#journal.logFile(id));
    const ended = this.#run(definition, checked.data, { id, abort, log });
    this.#running.set(id, { abort, log, ended });
    return id;
  }

  /** Asks running work to stop; it ends as `cancelled` when it has cleaned up. */
  cancel(id: TaskId): void {
    const running = this.#running.get(id);
    const record = this.#records.get(id);
    if (record === undefined) throw workbenchError('task.unknown', { id });
    if (running === undefined || running.abort.signal.aborted) return;
    const { status } = record.task;
    this.#update(id, {
      status: { state: 'cancelling', progress: status.state === 'running' ? status.progress : null },
    });
    running.abort.abort(new TaskCancelled('cancelled'));
  }

  /** The same work again; the ended one is taken off the list. */
  async retry(id: TaskId): Promise<TaskId> {
    const record = this.#records.get(id);
    if (record === undefined || !isEnded(record.task)) throw workbenchError('task.unknown', { id });
    const next = await this.start(record.task.kind, record.input);
    await this.dismiss([id]);
    return next;
  }

  /** Forgets ended tasks, with their logs. */
  async dismiss(ids: readonly TaskId[]): Promise<void> {
    for (const id of ids) {
      const record = this.#records.get(id);
      if (record === undefined || !isEnded(record.task)) continue;
      await this.#journal.remove(id);
      this.#forget(id);
    }
  }

  get(id: TaskId): Task | null {
    return this.#records.get(id)?.task ?? null;
  }

  /** Resolves when a task of this process has ended, with what became of it. */
  async ended(id: TaskId): Promise<Task> {
    await this.#running.get(id)?.ended;
    const task = this.get(id);
    if (task === null) throw workbenchError('task.unknown', { id });
    return task;
  }

  runningCount(): number {
    return this.#running.size;
  }

  watch(signal?: AbortSignal): AsyncGenerator<TaskEvent, void, undefined> {
    const snapshot = (): readonly TaskEvent[] => {
      const tasks = [...this.#records.values()].map((record) => record.task);
      return [{ type: 'snapshot', sequence: this.#sequence, tasks }];
    };
    return this.#events.follow(signal, snapshot, newestOfEach);
  }

  async *watchLog(id: TaskId, from: number, signal?: AbortSignal): AsyncGenerator<LogBatch, void, undefined> {
    if (!this.#records.has(id)) throw workbenchError('task.unknown', { id });
    const log = this.#running.get(id)?.log ?? (await TaskLog.load(this.#journal.logFile(id)));
    yield* log.follow(from, signal);
  }

  /** Cancels what runs and waits until it has cleaned up. */
  async dispose(): Promise<void> {
    this.#closing.abort();
    for (const id of [...this.#running.keys()]) this.cancel(id);
    await Promise.all([...this.#running.values()].map((running) => running.ended));
  }

  #definition(kind: TaskKind): TaskDefinition<unknown> {
    const definition = this.#definitions.get(kind);
    if (definition === undefined)
      throw workbenchError('input.invalid', { reason: `no work of kind ${kind}` });
    return definition;
  }

  async #run(
    definition: TaskDefinition<unknown>,
    input: unknown,
    { id, abort, log }: { readonly id: TaskId; readonly abort: AbortController; readonly log: TaskLog },
  ): Promise<void> {
    const reporter = this.#reporter(id);
    const context: TaskContext = {
      id,
      signal: abort.signal,
      report: reporter.report,
      log: (stream, text) => log.add(stream, text),
    };
    const status = await outcomeOf(definition, input, context);
    reporter.dispose();
    if (status.state === 'failed') log.add('note', `${status.error.title} ${status.error.cause}`);
    await log.end();
    await this.#save(this.#finished(id, status));
    this.#running.delete(id); // last, so that whoever disposes waits for the record on disk
  }

  #finished(id: TaskId, status: TaskState): TaskRecord | null {
    return this.#update(id, { status, endedAt: Date.now() });
  }

  /** Gathers progress: told at most every 100 ms, saved at most every second (for other processes that look). */
  #reporter(id: TaskId): { report: TaskContext['report']; dispose(): void } {
    let memory: ProgressMemory | null = null;
    let timer: NodeJS.Timeout | null = null;
    let savedAt = 0;
    const show = (progress: Progress) => {
      const record = this.#records.get(id);
      if (record === undefined || isEnded(record.task)) return;
      const state = record.task.status.state === 'cancelling' ? 'cancelling' : 'running';
      const updated = this.#update(id, { status: { state, progress } });
      if (performance.now() - savedAt < saveMs) return;
      savedAt = performance.now();
      void this.#save(updated);
    };
    return {
      report: (update) => {
        const isNewPhase = memory?.progress.phase !== update.phase;
        memory = mergeProgress(memory, update);
        if (isNewPhase) show(memory.progress);
        else
          timer ??= setTimeout(() => {
            timer = null;
            if (memory !== null) show(memory.progress);
          }, tellMs);
      },
      dispose: () => {
        if (timer !== null) clearTimeout(timer);
      },
    };
  }

  #update(id: TaskId, change: Partial<Task>): TaskRecord | null {
    const record = this.#records.get(id);
    if (record === undefined) return null;
    const updated = { ...record, task: { ...record.task, ...change } };
    this.#records.set(id, updated);
    this.#tell({ type: 'changed', task: updated.task });
    return updated;
  }

  async #save(record: TaskRecord | null): Promise<void> {
    // A full disk must not fail the work itself: the task is told of in memory, and the next save tries again.
    if (record !== null) await this.#journal.save(record).catch(() => undefined);
  }

  #forget(id: TaskId): void {
    this.#records.delete(id);
    this.#sequence += 1;
    this.#events.tell({ type: 'removed', sequence: this.#sequence, id });
  }

  #tell(event: { readonly type: 'changed'; readonly task: Task }): void {
    this.#sequence += 1;
    this.#events.tell({ ...event, sequence: this.#sequence });
  }

  /** Other processes (command lines) write their tasks into the same folder: read again what they touch. */
  async #followOthers(): Promise<void> {
    const { signal } = this.#closing;
    for (const record of this.#records.values())
      if (!isEnded(record.task)) void this.#followOther(record.task.id);
    const follow = async (): Promise<void> => {
      for await (const event of watch(this.#journal.folder, { signal })) {
        const id = taskIdSchema.safeParse(event.filename);
        if (id.success && !this.#records.has(id.data)) void this.#followOther(id.data);
      }
    };
    await follow().catch(() => undefined); // closing, or no watch to be had: their tasks are seen at the next start
  }

  /** Follows one task of another process until it ends. Its folder is there before its first record is. */
  async #followOther(id: TaskId): Promise<void> {
    if (this.#followed.has(id)) return;
    this.#followed.add(id);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, stop.signal]);
    const look = async (): Promise<void> => {
      const record = await this.#journal.read(id);
      if (record === null) return;
      this.#records.set(id, record);
      this.#tell({ type: 'changed', task: record.task });
      if (isEnded(record.task)) stop.abort();
    };
    const follow = async (): Promise<void> => {
      const changes = watch(join(this.#journal.folder, id), { signal });
      await look();
      for await (const _ of changes) await look();
    };
    await follow().catch(() => undefined); // ended, or closing
    this.#followed.delete(id);
  }
}

async function outcomeOf(
  definition: TaskDefinition<unknown>,
  input: unknown,
  context: TaskContext,
): Promise<TaskState> {
  try {
    return { state: 'succeeded', result: await definition.run(input, context) };
  } catch (thrown) {
    if (context.signal.aborted) {
      if (thrown !== context.signal.reason)
        context.log('note', `While cancelling: ${reportOf(thrown).title}`);
      return { state: 'cancelled' };
    }
    return { state: 'failed', error: reportOf(thrown) };
  }
}

/** Of several waiting changes of one task only the newest matters. */
function newestOfEach(waiting: readonly TaskEvent[]): readonly TaskEvent[] {
  const newest = new Map<string, TaskEvent>();
  for (const event of waiting) {
    const key = event.type === 'snapshot' ? '' : event.type === 'changed' ? event.task.id : event.id;
    newest.delete(key);
    newest.set(key, event);
  }
  return [...newest.values()];
}
