import { randomUUID } from 'node:crypto';
import { type HostId, type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { LogBatch, Task, TaskEvent, TaskKind } from '#core/contract/tasks.ts';
import { asSentence, sentences } from '#core/errors/errorWords.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { thisProcess } from '#core/hosts/processOwner.ts';
import { Broadcast } from './broadcast.ts';
import { OtherTasks } from './otherTasks.ts';
import { mergeProgress } from './progress.ts';
import { createProgressReporter } from './progressReporter.ts';
import { TaskCancelled, type TaskContext, type TaskDefinition, TaskDetached } from './task.ts';
import { TaskJournal } from './taskJournal.ts';
import { TaskLog } from './taskLog.ts';
import { outcomeOf, type TaskOutcome } from './taskOutcome.ts';
import { isEnded, isThisProcess, type TaskRecord } from './taskRecord.ts';

/** A task that this process runs. */
interface Running {
  readonly abort: AbortController;
  /** Resolves when it has ended or is detached; with why the line was cut where it was. */
  readonly ended: Promise<WorkbenchError | null>;
}

/** A run of a task. */
interface Run {
  readonly definition: TaskDefinition<unknown>;
  readonly input: unknown;
  readonly record: TaskRecord;
  readonly log: TaskLog;
  readonly isAdopted: boolean;
}

/** Runs long work, tells what becomes of it, and keeps it on disk over restarts. */
export class TaskManager {
  readonly #journal: TaskJournal;
  readonly #definitions = new Map<TaskKind, TaskDefinition<unknown>>();
  readonly #records = new Map<TaskId, TaskRecord>();
  readonly #running = new Map<TaskId, Running>();
  readonly #events = new Broadcast<TaskEvent>();
  readonly #others: OtherTasks;
  #isClosing = false;
  /** Of tasks that run or are detached: who follows a log goes on following when its task is adopted. */
  readonly #logs = new Map<TaskId, Promise<TaskLog>>();
  /** Of detached tasks that began here, with what may not be stored. */
  readonly #inputs = new Map<TaskId, unknown>();
  readonly #adopting = new Map<TaskId, Promise<Running | null>>();
  #sequence = 0;

  private constructor(journal: TaskJournal) {
    this.#journal = journal;
    this.#others = new OtherTasks(journal, {
      isOurs: (id) => isThisProcess(this.#records.get(id)?.owner ?? null),
      onRecord: (record) => {
        this.#records.set(record.task.id, record);
        this.#tell({ type: 'changed', task: record.task });
      },
    });
  }

  /** Reads the tasks of earlier sittings from `folder`, and follows those of other processes. */
  static async open(folder: string): Promise<TaskManager> {
    const manager = new TaskManager(new TaskJournal(folder));
    for (const record of await manager.#journal.load()) manager.#records.set(record.task.id, record);
    manager.#others.begin([...manager.#records.values()].filter((record) => !isEnded(record.task)));
    return manager;
  }

  /** Makes a kind of work known. */
  define<Input>(definition: TaskDefinition<Input>): void {
    this.#definitions.set(definition.kind, {
      kind: definition.kind,
      input: definition.input,
      describe: (input) => definition.describe(definition.input.parse(input)),
      storedInput: (input) => definition.storedInput(definition.input.parse(input)),
      isDetachable: (input) => definition.isDetachable?.(definition.input.parse(input)) ?? false,
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
    const record: TaskRecord = {
      task,
      input: definition.storedInput(checked.data),
      owner: thisProcess,
      isDetachable: definition.isDetachable?.(checked.data) ?? false,
      isCancelWanted: false,
      memory: null,
    };
    this.#records.set(id, record); // first, so that the folder that appears is known as ours
    await this.#journal.create(record);
    this.#tell({ type: 'changed', task });
    const log = new TaskLog(this.#journal.logFile(id));
    this.#logs.set(id, Promise.resolve(log));
    this.#launch({ definition, input: checked.data, record, log, isAdopted: false });
    return id;
  }

  /**
   * Asks running work to stop; it ends as `cancelled` when it has cleaned up. Detached work is reached only for that:
   * resolves when it has ended, and fails with host.notConnected (or why else its host cannot be reached), and then
   * nothing has changed.
   */
  async cancel(id: TaskId): Promise<void> {
    const record = this.#records.get(id);
    if (record === undefined) throw workbenchError('task.unknown', { id });
    if (record.task.status.state !== 'detached') return this.#abort(id);
    const running = await this.#adopt(id, { isCancelWanted: true });
    this.#abort(id); // somebody else's wish to adopt it may have come first
    const cutBy = (await running?.ended) ?? null;
    if (cutBy === null) return;
    await this.#save(this.#change(id, { isCancelWanted: false }));
    throw cutBy;
  }

  /**
   * Runs the detached tasks of a host again, which finds what they began there. Called when the host can be reached
   * (again). Tasks of other living processes are left to them.
   */
  async resume(hostId: HostId): Promise<void> {
    const ids = [...this.#records.values()]
      .filter(({ task, isDetachable }) => isDetachable && task.hostId === hostId && !isEnded(task))
      .map(({ task }) => task.id);
    await Promise.all(ids.map((id) => this.#adopt(id, { isCancelWanted: false })));
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

  /** Resolves when a task of this process has ended or is detached, with what became of it. */
  async ended(id: TaskId): Promise<Task> {
    await this.#running.get(id)?.ended;
    const task = this.get(id);
    if (task === null) throw workbenchError('task.unknown', { id });
    return task;
  }

  /** Whether a task has not ended yet; false for what is not known. */
  isOpen(id: string): boolean {
    return [...this.#records.values()].some(({ task }) => task.id === id && !isEnded(task));
  }

  /** Whether work on a host has not ended yet. */
  runsOn(hostId: HostId): boolean {
    return [...this.#records.values()].some(({ task }) => task.hostId === hostId && !isEnded(task));
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
    const record = this.#records.get(id);
    if (record === undefined) throw workbenchError('task.unknown', { id });
    const isOpen = this.#logs.has(id) || record.task.status.state === 'detached';
    const log = await (isOpen ? this.#openLog(id) : TaskLog.load(this.#journal.logFile(id)));
    yield* log.follow(from, signal);
  }

  /** Cancels what runs and waits until it has cleaned up; what can go on without us is let go of. */
  async dispose(): Promise<void> {
    this.#isClosing = true;
    this.#others.dispose();
    await Promise.all(this.#adopting.values());
    for (const [id, { abort }] of this.#running) {
      if (this.#records.get(id)?.isDetachable !== true) this.#abort(id);
      else if (!abort.signal.aborted) abort.abort(new TaskDetached('the workbench ends'));
    }
    await Promise.all([...this.#running.values()].map((running) => running.ended));
  }

  #definition(kind: TaskKind): TaskDefinition<unknown> {
    const definition = this.#definitions.get(kind);
    if (definition === undefined)
      throw workbenchError('input.invalid', { reason: `no work of kind ${kind}` });
    return definition;
  }

  #abort(id: TaskId): void {
    const running = this.#running.get(id);
    const record = this.#records.get(id);
    if (running === undefined || record === undefined || running.abort.signal.aborted) return;
    // Told already, and only not on disk yet: nobody listens to the signal any more.
    if (isEnded(record.task) || record.task.status.state === 'detached') return;
    this.#update(id, { status: { state: 'cancelling', progress: record.memory?.progress ?? null } });
    running.abort.abort(new TaskCancelled('cancelled'));
  }

  #adopt(id: TaskId, wish: Pick<TaskRecord, 'isCancelWanted'>): Promise<Running | null> {
    const adopting =
      this.#adopting.get(id) ?? this.#adoptOnce(id, wish).finally(() => this.#adopting.delete(id));
    this.#adopting.set(id, adopting);
    return adopting;
  }

  /** Null where there is nothing to adopt: it has ended, or another living process has it. */
  async #adoptOnce(id: TaskId, wish: Pick<TaskRecord, 'isCancelWanted'>): Promise<Running | null> {
    const running = this.#running.get(id);
    if (running !== undefined && this.get(id)?.status.state !== 'detached') return running;
    await running?.ended; // told as detached, and only not on disk yet
    const mine = await this.#own(id);
    if (mine === null || this.#isClosing) return null;
    const isCancelWanted = mine.isCancelWanted || wish.isCancelWanted;
    const progress = mine.memory?.progress ?? mergeProgress(null, { phase: 'queue' }).progress;
    const record: TaskRecord = {
      ...mine,
      owner: thisProcess,
      isCancelWanted,
      task: {
        ...mine.task,
        isForeign: false,
        endedAt: null,
        status: { state: isCancelWanted ? 'cancelling' : 'running', progress },
      },
    };
    const definition = this.#definition(record.task.kind);
    const input = this.#inputs.get(id) ?? definition.input.parse(record.input);
    const log = await this.#openLog(id);
    this.#records.set(id, record);
    this.#tell({ type: 'changed', task: record.task });
    await this.#save(record);
    return this.#launch({ definition, input, record, log, isAdopted: true });
  }

  /** The record of a task that this process may go on with; null where it may not, or there is nothing to go on with. */
  async #own(id: TaskId): Promise<TaskRecord | null> {
    const known = this.#records.get(id);
    if (known !== undefined && isThisProcess(known.owner)) return isEnded(known.task) ? null : known;
    if (!(await this.#journal.claim(id))) return null;
    this.#others.stop(id);
    const record = await this.#journal.read(id);
    if (record === null || !isEnded(record.task)) return record;
    this.#records.set(id, record);
    this.#tell({ type: 'changed', task: record.task });
    return null;
  }

  #openLog(id: TaskId): Promise<TaskLog> {
    const log = this.#logs.get(id) ?? TaskLog.continue(this.#journal.logFile(id));
    this.#logs.set(id, log);
    return log;
  }

  #launch(run: Run): Running {
    const { id } = run.record.task;
    const abort = new AbortController();
    if (run.record.isCancelWanted) abort.abort(new TaskCancelled('cancelled'));
    const running = { abort, ended: this.#run(run, abort.signal) };
    this.#running.set(id, running);
    return running;
  }

  async #run(run: Run, signal: AbortSignal): Promise<WorkbenchError | null> {
    const { definition, input, log, isAdopted } = run;
    const { id } = run.record.task;
    const reporter = createProgressReporter(run.record.memory, (memory, isToSave) => {
      const record = this.#records.get(id);
      if (record === undefined || isEnded(record.task)) return;
      const state = record.task.status.state === 'cancelling' ? 'cancelling' : 'running';
      this.#change(id, { memory });
      const updated = this.#update(id, { status: { state, progress: memory.progress } });
      if (isToSave) void this.#save(updated);
    });
    const context: TaskContext = {
      id,
      signal,
      report: reporter.report,
      log: (stream, text, offset) => log.add(stream, text, offset),
      resumeFrom: log.offset,
      isAdopted,
    };
    const outcome = await outcomeOf(definition, input, { context, isDetachable: run.record.isDetachable });
    reporter.dispose();
    await (outcome.status.state === 'detached'
      ? this.#letGo(run, outcome, signal)
      : this.#finish(run, outcome));
    this.#running.delete(id); // last, so that whoever disposes waits for the record on disk
    return outcome.cutBy;
  }

  async #finish({ record, log }: Run, { status }: TaskOutcome): Promise<void> {
    const { id } = record.task;
    if (status.state === 'failed')
      log.add('note', sentences(asSentence(status.error.title), status.error.cause));
    await log.end();
    this.#logs.delete(id);
    this.#inputs.delete(id);
    await this.#save(this.#update(id, { status, endedAt: Date.now() }));
  }

  async #letGo({ record, input, log }: Run, outcome: TaskOutcome, signal: AbortSignal): Promise<void> {
    const { id } = record.task;
    if (outcome.cutBy !== null) log.add('note', `${outcome.cutBy.report.title}. The work goes on there.`);
    await log.flush();
    this.#inputs.set(id, input);
    this.#change(id, { isCancelWanted: signal.reason instanceof TaskCancelled });
    await this.#save(this.#update(id, { status: outcome.status }));
  }

  #update(id: TaskId, change: Partial<Task>): TaskRecord | null {
    const record = this.#records.get(id);
    if (record === undefined) return null;
    const updated = this.#change(id, { task: { ...record.task, ...change } });
    if (updated !== null) this.#tell({ type: 'changed', task: updated.task });
    return updated;
  }

  #change(id: TaskId, change: Partial<TaskRecord>): TaskRecord | null {
    const record = this.#records.get(id);
    if (record === undefined) return null;
    const updated = { ...record, ...change };
    this.#records.set(id, updated);
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
