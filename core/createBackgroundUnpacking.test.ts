import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { localHostId, taskIdSchema, workspaceIdSchema } from '#core/contract/ids.ts';
import type { OneWorkspace } from '#core/contract/workspaces.ts';
import { createBackgroundUnpacking } from './createBackgroundUnpacking.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const oneOf = (at: number) => ({
  hostId: localHostId,
  id: workspaceIdSchema.parse(`00000000-0000-4000-8000-00000000000${at}`),
});
const [one, other] = [oneOf(1), oneOf(2)];
const taskId = taskIdSchema.parse('00000000-0000-4000-8000-000000000009');

function background(hasWindow = true) {
  const closing = new AbortController();
  const done = new Set<string>();
  let endTask: () => void = () => undefined;
  const start = vi.fn(async () => taskId);
  const ended = vi.fn(
    () =>
      new Promise<never>((resolve) => {
        endTask = () => resolve(undefined as never);
      }),
  );
  const unpacking = createBackgroundUnpacking({
    tasks: { start, ended, cancel: async () => undefined },
    handover: () => ({
      unpackingsWanted: async () => [one, other],
      isToUnpack: async ({ id }) => !done.has(id),
    }),
    hasWindow: () => hasWindow,
    signal: closing.signal,
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  const finish = async ({ id }: OneWorkspace) => {
    done.add(id);
    endTask();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { closing, start, unpacking, finish };
}

test('takes up one after another, and nothing twice', async () => {
  const { start, unpacking, finish } = background();
  unpacking.takeUp(localHostId);
  expect(unpacking.unpackLater(one)).toBe(true);
  await vi.runAllTimersAsync();
  expect(start.mock.calls).toEqual([['workspace.unpackBelow', one]]);
  await finish(one);
  expect(start.mock.calls.slice(1)).toEqual([['workspace.unpackBelow', other]]);
  await finish(other);
  unpacking.takeUp(localHostId);
  await vi.runAllTimersAsync();
  expect(start).toHaveBeenCalledTimes(2);
});

test('starts nothing for a single command, nor in a process that ends', async () => {
  const command = background(false);
  expect(command.unpacking.unpackLater(one)).toBe(false);
  await vi.runAllTimersAsync();
  expect(command.start).not.toHaveBeenCalled();
  const { closing, start, unpacking, finish } = background();
  unpacking.takeUp(localHostId);
  await vi.runAllTimersAsync();
  closing.abort();
  await finish(one);
  expect(unpacking.isEnding()).toBe(true);
  expect(start).toHaveBeenCalledOnce();
});
