import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { localHostId } from '#core/contract/ids.ts';
import type { Task, TaskEvent } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { TaskContext, TaskDefinition } from './task.ts';
import { TaskManager } from './taskManager.ts';

interface Input {
  readonly name: string;
  readonly secret: string | null;
}

const done = { path: null, digest: null, sizeBytes: 1, facts: {} };
let folder: string;
let runs: Input[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasks-'));
  runs = [];
});

function definition(
  work: (context: TaskContext, input: Input) => Promise<typeof done>,
): TaskDefinition<Input> {
  return {
    kind: 'image.pull',
    input: z.object({ name: z.string(), secret: z.string().nullable() }),
    describe: (input) => ({
      title: input.name,
      hostId: localHostId,
      target: null,
      byHand: `pull ${input.name}`,
    }),
    storedInput: (input) => ({ ...input, secret: null }),
    run: async (input, context) => {
      runs.push(input);
      return await work(context, input);
    },
  };
}

async function managerWith(work: Parameters<typeof definition>[0]): Promise<TaskManager> {
  const manager = await TaskManager.open(folder);
  manager.define(definition(work));
  return manager;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

async function firstEvent(
  events: AsyncGenerator<TaskEvent>,
  wanted: (event: TaskEvent) => boolean,
): Promise<TaskEvent> {
  for await (const event of events) if (wanted(event)) return event;
  throw new Error('the events ended');
}

async function logOf(manager: TaskManager, task: Task): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const batch of manager.watchLog(task.id, 0)) texts.push(...batch.lines.map((line) => line.text));
  return texts;
}

describe('a task', () => {
  it('runs, reports, logs and is still known after a restart', async () => {
    const manager = await managerWith(async (context) => {
      context.log('note', 'hello');
      context.report({ phase: 'download', fraction: 0.5 });
      return done;
    });
    const task = await manager.ended(await manager.start('image.pull', { name: 'a', secret: null }));
    expect(task.status).toEqual({ state: 'succeeded', result: done });
    const again = await TaskManager.open(folder);
    expect(again.get(task.id)).toEqual(task);
    expect(await logOf(again, task)).toEqual(['hello']);
  });

  it('never stores a secret, not even for a retry', async () => {
    const manager = await managerWith(async () => {
      throw workbenchError('registry.unauthorized', { registry: 'r' });
    });
    const task = await manager.ended(await manager.start('image.pull', { name: 'a', secret: 's3cret' }));
    expect(task.status).toMatchObject({ state: 'failed', error: { code: 'registry.unauthorized' } });
    expect(await readFile(join(folder, task.id, 'task.json'), 'utf8')).not.toContain('s3cret');
    await manager.ended(await manager.retry(task.id));
    expect(runs.map((run) => run.secret)).toEqual(['s3cret', null]);
    expect(manager.get(task.id)).toBeNull();
  });

  it('is cancelling until it has cleaned up, then cancelled', async () => {
    let cleaned = false;
    const manager = await managerWith(async ({ signal, report }) => {
      report({ phase: 'download' });
      await untilAborted(signal).finally(() => {
        cleaned = true;
      });
      return done;
    });
    const id = await manager.start('image.pull', { name: 'a', secret: null });
    await manager.cancel(id);
    expect(manager.get(id)?.status.state).toBe('cancelling');
    expect((await manager.ended(id)).status.state).toBe('cancelled');
    expect(cleaned).toBe(true);
  });

  it('tells a snapshot first, then every change after it, by number', async () => {
    const manager = await managerWith(async () => done);
    const first = await manager.ended(await manager.start('image.pull', { name: 'a', secret: null }));
    const events = manager.watch();
    const snapshot = await events.next();
    expect(snapshot.value).toMatchObject({ type: 'snapshot', tasks: [{ id: first.id }] });
    const second = await manager.start('image.pull', { name: 'b', secret: null });
    const end = await firstEvent(
      events,
      (event) => event.type === 'changed' && event.task.status.state === 'succeeded',
    );
    expect(end).toMatchObject({ task: { id: second } });
    expect(end.sequence).toBeGreaterThan(snapshot.value?.sequence ?? Number.NaN);
  });

  it('that was running when its process died is told of as interrupted, and can be retried', async () => {
    const manager = await managerWith(async () => done);
    const task = await manager.ended(await manager.start('image.pull', { name: 'a', secret: null }));
    const file = join(folder, task.id, 'task.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    record.task.status = { state: 'queued' };
    record.owner.startTicks = '1'; // the id lives, but it is another process
    await writeFile(file, JSON.stringify(record));
    const again = await managerWith(async () => done);
    expect(again.get(task.id)?.status).toMatchObject({
      state: 'failed',
      error: { code: 'task.interrupted' },
    });
    expect((await again.ended(await again.retry(task.id))).status.state).toBe('succeeded');
  });

  it('refuses input that does not fit, and folders that are no tasks are left alone', async () => {
    await writeFile(join(folder, 'note.txt'), 'mine');
    const manager = await managerWith(async () => done);
    await expect(manager.start('image.pull', { name: 7 })).rejects.toMatchObject({
      report: { code: 'input.invalid' },
    });
    expect(await readFile(join(folder, 'note.txt'), 'utf8')).toBe('mine');
  });

  it('of another process is shown as it appears', async () => {
    const ours = await managerWith(async () => done);
    const theirs = await TaskManager.open(await mkdtemp(join(tmpdir(), 'tasks-')));
    theirs.define(definition(async () => done));
    const task = await theirs.ended(await theirs.start('image.pull', { name: 'theirs', secret: null }));
    const events = ours.watch();
    await events.next();
    const owner = { processId: 1, startTicks: '0', bootId: 'another', pidNamespace: '', machine: 'another' };
    await mkdir(join(folder, task.id));
    await writeFile(join(folder, task.id, 'task.json'), JSON.stringify({ task, input: {}, owner }));
    const seen = await firstEvent(events, (event) => event.type === 'changed');
    expect(seen).toMatchObject({ task: { id: task.id, title: 'theirs' } });
  });
});
