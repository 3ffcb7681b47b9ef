import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HostId, hostIdSchema, type TaskId } from '#core/contract/ids.ts';
import type { TaskKind } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type TaskContext, type TaskDefinition, TaskDetached } from './task.ts';
import { TaskManager } from './taskManager.ts';

const cluster: HostId = hostIdSchema.parse('cluster');
const kind: TaskKind = 'image.pull';
const done = { path: null, digest: null, sizeBytes: 1, facts: {} };
const lost = () => workbenchError('host.connectionLost', { host: 'cluster' });
const input = { name: 'a', secret: 's3cret' };

/** The work that runs on the host: what its definition's `run` does is decided by each test. */
type Work = (context: TaskContext, given: z.infer<typeof inputSchema>) => Promise<typeof done>;
const inputSchema = z.object({ name: z.string(), secret: z.string().nullable() });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adoption-'));
});

async function managerWith(work: Work): Promise<TaskManager> {
  const manager = await TaskManager.open(folder);
  const definition: TaskDefinition<z.infer<typeof inputSchema>> = {
    kind,
    input: inputSchema,
    describe: ({ name }) => ({ title: name, hostId: cluster, target: null, byHand: null }),
    storedInput: (given) => ({ ...given, secret: null }),
    isDetachable: () => true,
    run: (given, context) => work(context, given),
  };
  manager.define(definition);
  return manager;
}

const untilAborted = ({ signal }: TaskContext) =>
  new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });

async function logOf(manager: TaskManager, id: TaskId, until: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { lines } of manager.watchLog(id, 0)) {
    texts.push(...lines.map(({ text }) => text));
    if (texts.includes(until)) break;
  }
  return texts;
}

/** The record on disk as if its process had been killed. */
async function kill(
  id: TaskId,
  change: (record: { task: { status: unknown }; memory: { progress: unknown } }) => void = () => undefined,
): Promise<void> {
  const file = join(folder, id, 'task.json');
  const record = JSON.parse(await readFile(file, 'utf8'));
  record.owner.startTicks = '1';
  change(record);
  await writeFile(file, JSON.stringify(record));
}

describe('work whose line is cut', () => {
  it('is detached, and goes on from where log and progress stopped', async () => {
    let runs = 0;
    const manager = await managerWith(async (context, given) => {
      runs += 1;
      expect(given.secret).toBe('s3cret');
      if (runs === 1) {
        expect(context).toMatchObject({ resumeFrom: 0, isAdopted: false });
        context.log('stdout', 'one', 4);
        context.report({ phase: 'download', fraction: 0.5 });
        throw new TaskDetached('cut', { cause: lost() });
      }
      expect(context).toMatchObject({ resumeFrom: 4, isAdopted: true });
      context.report({ phase: 'download', fraction: 0.2 });
      context.log('stdout', 'two', 8);
      return await untilAborted(context).catch(() => done);
    });
    const id = await manager.start(kind, input);
    const cut = await manager.ended(id);
    expect(cut).toMatchObject({ status: { state: 'detached' }, endedAt: null });
    expect(manager.runningCount()).toBe(0);
    await manager.resume(hostIdSchema.parse('another'));
    expect(runs).toBe(1);
    const following = logOf(manager, id, 'two');
    await Promise.all([manager.resume(cluster), manager.resume(cluster)]);
    expect(await following).toEqual(['one', expect.stringContaining('was lost'), 'two']);
    expect(runs).toBe(2);
    expect(manager.get(id)?.status).toMatchObject({ state: 'running', progress: { fraction: 0.5 } });
    await manager.cancel(id);
    expect((await manager.ended(id)).status.state).toBe('succeeded');
  });

  it('fails when there never was a line, and stays detached when there is none now', async () => {
    let failure = workbenchError('host.notConnected', { host: 'cluster' });
    const manager = await managerWith(async () => {
      throw failure;
    });
    expect((await manager.ended(await manager.start(kind, input))).status.state).toBe('failed');
    failure = lost();
    const id = await manager.start(kind, input);
    expect((await manager.ended(id)).status.state).toBe('detached');
    failure = workbenchError('host.authenticationFailed', { host: 'cluster' });
    await manager.resume(cluster);
    expect((await manager.ended(id)).status.state).toBe('detached');
    failure = workbenchError('disk.full', {});
    await manager.resume(cluster);
    expect((await manager.ended(id)).status).toMatchObject({ state: 'failed', error: { code: 'disk.full' } });
  });
});

describe('work that has just been told as detached', () => {
  const told = async (manager: TaskManager, id: TaskId, state: string) => {
    for await (const event of manager.watch())
      if (event.type === 'changed' && event.task.id === id && event.task.status.state === state) return;
  };

  it.each(['cancel', 'resume'] as const)('can be asked to %s at that very moment', async (wish) => {
    let runs = 0;
    const manager = await managerWith(async ({ signal }) => {
      runs += 1;
      if (runs === 1) {
        await Promise.resolve();
        throw lost();
      }
      signal.throwIfAborted();
      return done;
    });
    const id = await manager.start(kind, input);
    const ask = () => (wish === 'cancel' ? manager.cancel(id) : manager.resume(cluster));
    if (manager.get(id)?.status.state !== 'detached') await told(manager, id, 'detached');
    await ask();
    await manager.ended(id);
    expect(manager.get(id)?.status.state).toBe(wish === 'cancel' ? 'cancelled' : 'succeeded');
    expect(runs).toBe(2);
  });
});

describe('cancelling detached work', () => {
  it('reaches it only for that', async () => {
    let isCut = true;
    const manager = await managerWith(async (context) => {
      if (isCut) throw lost();
      context.signal.throwIfAborted();
      return done;
    });
    const id = await manager.start(kind, input);
    await manager.ended(id);
    await expect(manager.cancel(id)).rejects.toMatchObject({ report: { code: 'host.connectionLost' } });
    expect(manager.get(id)?.status.state).toBe('detached');
    isCut = false;
    await manager.cancel(id);
    expect(manager.get(id)?.status.state).toBe('cancelled');
  });

  it('that was cut off is done when the host is reached again', async () => {
    let isCut = false;
    const manager = await managerWith(async (context) => {
      return await untilAborted(context).catch((thrown: unknown) => {
        throw isCut ? new TaskDetached('cut', { cause: lost() }) : thrown;
      });
    });
    const id = await manager.start(kind, input);
    isCut = true;
    await manager.cancel(id);
    expect((await manager.ended(id)).status.state).toBe('detached');
    isCut = false;
    await manager.resume(cluster);
    expect((await manager.ended(id)).status.state).toBe('cancelled');
  });
});

describe('work of a process that is gone', () => {
  it('is let go of when the workbench ends, and adopted by the next', async () => {
    const first = await managerWith(async (context) => {
      context.log('stdout', 'one', 4);
      context.report({ phase: 'download', fraction: 0.5 });
      return await untilAborted(context);
    });
    const id = await first.start(kind, input);
    await first.dispose();
    expect(first.get(id)?.status.state).toBe('detached');
    await kill(id);
    const second = await managerWith(async (context, given) => {
      expect(given.secret).toBeNull();
      expect(context).toMatchObject({ resumeFrom: 4, isAdopted: true, id });
      context.report({ phase: 'convert', fraction: null });
      return done;
    });
    expect(second.get(id)).toMatchObject({ status: { state: 'detached' }, isForeign: false });
    await second.resume(cluster);
    expect((await second.ended(id)).status.state).toBe('succeeded');
  });

  it('that was killed is detached with its log as it was, cut line and all', async () => {
    const first = await managerWith(async (context) => {
      context.log('stdout', 'one', 4);
      context.report({ phase: 'download', fraction: 0.5 });
      return await untilAborted(context);
    });
    const id = await first.start(kind, input);
    await logOf(first, id, 'one');
    await first.dispose();
    await kill(id, ({ task, memory }) => {
      task.status = { state: 'running', progress: memory.progress };
    });
    await appendFile(join(folder, id, 'log.jsonl'), '{"at":1,"stream":"std');
    const second = await managerWith(async (context) => {
      expect(context.resumeFrom).toBe(4);
      context.log('stdout', 'two', 8);
      return done;
    });
    await second.resume(cluster);
    await second.ended(id);
    const third = await managerWith(async () => done);
    expect(await logOf(third, id, 'never')).toEqual(['one', 'two']);
  });

  it('is adopted by one of several that ask at once', async () => {
    const first = await managerWith(untilAborted);
    const id = await first.start(kind, input);
    await first.dispose();
    await kill(id);
    const file = join(folder, id, 'owner.1');
    const other = { ...JSON.parse(await readFile(join(folder, id, 'task.json'), 'utf8')).owner };
    let runs = 0;
    const count = async () => {
      runs += 1;
      return done;
    };
    const second = await managerWith(count);
    // Another living process (here: process 1 of this machine) was faster.
    const stat = (await readFile('/proc/1/stat', 'utf8')).split(') ')[1]?.split(' ') ?? [];
    await writeFile(file, JSON.stringify({ ...other, processId: 1, startTicks: stat[19] }));
    await second.resume(cluster);
    expect(runs).toBe(0);
    await writeFile(file, JSON.stringify({ ...other, processId: 1, startTicks: '1' }));
    await second.resume(cluster);
    await second.ended(id);
    expect(runs).toBe(1);
  });
});
