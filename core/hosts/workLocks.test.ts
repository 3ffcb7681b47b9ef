import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createDetachedJobs } from './detachedJobs.ts';
import type { Host } from './host.ts';
import { createLocalHost } from './localHost.ts';
import { thisProcess } from './processOwner.ts';
import { createWorkLocks, type LockMode, lockInWords, type WorkLock } from './workLocks.ts';

let base: string;
let host: Host;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'locks-test-'));
  const { PATH = '' } = process.env;
  host = createLocalHost({
    environment: { PATH, HOME: base, XDG_STATE_HOME: join(base, 'state') },
    observer: { started: () => ({ ended: () => undefined }) },
  });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const job = taskIdSchema.parse('copy-0001');
const other = taskIdSchema.parse('other-0001');
const locked = () => readdirSync(base).filter((name) => name.startsWith('.working-'));
const request = (taskId: typeof job, mode: LockMode) => ({
  folder: hostPathFromText(base),
  prefix: '.working-',
  taskId,
  mode,
  what: 'a copy of it is made',
  busy: (lock: WorkLock) => new Error(lockInWords(lock)),
});
/** Another workbench: it holds nothing of what the first one held. */
const write = () => createWorkLocks().hold(host, request(other, 'write'), async () => 'written');

it('of detached work counts while its job runs, whoever began that, and no longer', async () => {
  const locks = createWorkLocks();
  const jobs = createDetachedJobs(host);
  const begun = await locks.hold(host, { ...request(job, 'read'), isDetached: true }, () =>
    jobs.start(job, commandSpec('sleep', ['60'], { purpose: 'Test' }), {
      title: 'A copy',
      wantsTerminal: false,
    }),
  );
  await expect(write()).rejects.toThrow('At the moment a copy of it is made');
  const place = { folder: hostPathFromText(base), prefix: '.working-' };
  const file = join(base, `.working-${job}.json`);
  const dead = { ...thisProcess, processId: 2 ** 22 + 1, startTicks: '1' };
  const lock = { version: 1, owner: dead, taskId: job, mode: 'read', what: 'a copy of it is made', since: 1 };
  writeFileSync(file, `${JSON.stringify({ ...lock, isDetached: true })}\n`);
  await expect(write()).rejects.toThrow('it goes on without the workbench that began it');
  await locks.sweep(host, place);
  expect(locked()).toHaveLength(1);
  await begun.cancel();
  expect(await write()).toBe('written');
  expect(locked()).toEqual([]);
  await begun.remove();
});

it('goes with work that failed, and with a job when that is told to be over', async () => {
  const locks = createWorkLocks();
  const hold = { ...request(job, 'read'), isDetached: true };
  const fails = async () => {
    throw new Error('not begun');
  };
  await expect(locks.hold(host, hold, fails)).rejects.toThrow('not begun');
  expect(locked()).toEqual([]);
  await locks.hold(host, hold, async () => undefined);
  expect(locked()).toHaveLength(1);
  await locks.release(host, hold);
  await locks.release(host, hold);
  expect(locked()).toEqual([]);
  const left = { ...request(job, 'read'), isLeftAfter: () => true };
  await expect(locks.hold(host, left, fails)).rejects.toThrow('not begun');
  expect(locked()).toHaveLength(1);
});
