import { expect, test } from 'vitest';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Task, TaskState } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { endText } from './endText.ts';

const settings = { enabled: true, afterSeconds: 10 };
const succeeded: TaskState = {
  state: 'succeeded',
  result: { path: null, digest: null, sizeBytes: null, facts: {} },
};
const failure = workbenchError('disk.full').report;

function ended(status: TaskState, rest: Partial<Task> = {}): Task {
  return {
    id: taskIdSchema.parse('abcdefgh'),
    kind: 'image.pull',
    hostId: localHostId,
    title: 'docker://alpine',
    target: null,
    createdAt: 0,
    startedAt: 1000,
    endedAt: 12_000,
    status,
    byHand: null,
    isForeign: false,
    canRetry: true,
    ...rest,
  };
}

test('long work that succeeds or fails is told', () => {
  expect(endText(ended(succeeded), settings)).toBe('Finished');
  expect(endText(ended({ state: 'failed', error: failure }), settings)).toBe(failure.title);
});

test('short work, other people’s, cancelled and running work is not, nor anything when switched off', () => {
  expect(endText(ended(succeeded, { endedAt: 5000 }), settings)).toBeNull();
  expect(endText(ended(succeeded, { isForeign: true }), settings)).toBeNull();
  expect(endText(ended(succeeded, { endedAt: null }), settings)).toBeNull();
  expect(endText(ended({ state: 'cancelled' }), settings)).toBeNull();
  expect(endText(ended(succeeded), { ...settings, enabled: false })).toBeNull();
});
