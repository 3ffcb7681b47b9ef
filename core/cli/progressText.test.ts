import { expect, test } from 'vitest';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Progress, Task, TaskState } from '#core/contract/tasks.ts';
import { progressLine, progressLines } from './progressText.ts';

const progress: Progress = {
  phase: 'download',
  fraction: 0.4267,
  text: '',
  bytes: { done: 12_800_000, total: 30_000_000 },
  bytesPerSecond: 48_000_000,
  secondsLeft: 1,
  parts: [
    { id: 'a', label: 'aaaa', state: 'done', doneBytes: 10, totalBytes: 10 },
    { id: 'b', label: 'bbbb', state: 'running', doneBytes: 5_000_000, totalBytes: 10_000_000 },
    { id: 'c', label: 'cccc', state: 'waiting', doneBytes: 0, totalBytes: null },
  ],
};

function task(status: TaskState): Task {
  return {
    id: taskIdSchema.parse('abcdefgh'),
    kind: 'image.pull',
    hostId: localHostId,
    title: 'docker://alpine',
    target: null,
    createdAt: 0,
    startedAt: 0,
    endedAt: null,
    status,
    byHand: null,
    isForeign: false,
    canRetry: false,
  };
}

test('one line has the phase, the amount, the rate and the time left', () => {
  expect(progressLine(progress)).toBe('Downloading  42 %  12.8 MB of 30.0 MB  48.0 MB/s  1 s left');
});

test('what is not known is left out', () => {
  const unknown = { ...progress, fraction: null, bytes: null, bytesPerSecond: null, secondsLeft: null };
  expect(progressLine({ ...unknown, phase: 'convert' })).toBe('Converting to SIF');
  expect(progressLine({ ...unknown, bytes: { done: 5, total: null } })).toBe('Downloading  5 B');
});

test('hostile text cannot move the cursor', () => {
  expect(progressLine({ ...progress, text: '\u001b[2J\rgone\u202e' })).toContain(
    '\\u001b[2J\\u000dgone\\u202e',
  );
});

test('layers that move have a bar, the others are counted', () => {
  expect(progressLines(task({ state: 'running', progress }), 200).slice(1)).toEqual([
    `  bbbb  ${'█'.repeat(10)}${'░'.repeat(10)}  5.0 MB of 10.0 MB`,
    '  1 of 3 layers done',
  ]);
});

test('no line is wider than the terminal', () => {
  for (const line of progressLines(task({ state: 'running', progress }), 20)) {
    expect(line.length).toBeLessThan(20);
  }
});

test('waiting and cancelling are said', () => {
  expect(progressLines(task({ state: 'queued' }), 80)).toEqual(['Waiting for its turn']);
  expect(progressLines(task({ state: 'cancelling', progress: null }), 80)).toEqual(['Cancelling…']);
});
