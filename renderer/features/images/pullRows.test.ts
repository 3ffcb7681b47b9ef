import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { ProgressPart, Task, TaskState } from '#core/contract/tasks.ts';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { barPieces, pullsOf } from './pullRows.ts';

const error: Extract<TaskState, { state: 'failed' }>['error'] = {
  code: 'registry.timeout',
  title: 'No answer',
  cause: '',
  nextStep: '',
  action: { kind: 'retry' },
  data: {},
  hostId: null,
  command: null,
  evidence: null,
  exitStatus: null,
};

let count = 0;
function task(target: string, status: TaskState, more: Partial<Task> = {}): Task {
  count += 1;
  return {
    id: taskIdSchema.parse(`task-${String(count).padStart(8, '0')}`),
    kind: 'image.pull',
    hostId: localHostId,
    title: `docker://${target}`,
    target: hostPathFromText(`/i/${target}.sif`),
    createdAt: -count,
    startedAt: null,
    endedAt: null,
    status,
    byHand: null,
    isForeign: false,
    canRetry: true,
    ...more,
  };
}

const part = (id: string, state: ProgressPart['state'], doneBytes: number, totalBytes: number | null) => ({
  id,
  label: id,
  state,
  doneBytes,
  totalBytes,
});

describe('pulls above the images', () => {
  it('shows what runs, waits or failed, of this host', () => {
    const running = task('a', { state: 'queued' });
    const failed = task('b', { state: 'failed', error });
    const shown = pullsOf(
      [
        running,
        failed,
        task('c', { state: 'succeeded', result: { path: null, digest: null, sizeBytes: null, facts: {} } }),
        task('d', { state: 'queued' }, { hostId: hostIdSchema.parse('elsewhere') }),
        task('e', { state: 'queued' }, { kind: 'cache.clean' }),
      ],
      [sampleHost],
    );
    expect(shown).toEqual([running, failed]);
  });

  it('drops a failure when a newer pull of the same file has begun or ended', () => {
    const again = task('a', { state: 'queued' });
    expect(
      pullsOf(
        [again, task('a', { state: 'failed', error }), task('a', { state: 'cancelled' })],
        [sampleHost],
      ),
    ).toEqual([again]);
    const done = task('b', {
      state: 'succeeded',
      result: { path: null, digest: null, sizeBytes: null, facts: {} },
    });
    expect(pullsOf([done, task('b', { state: 'cancelled' })], [sampleHost])).toEqual([]);
    const two = [task('c', { state: 'queued' }), task('c', { state: 'queued' })];
    expect(pullsOf(two, [sampleHost])).toEqual(two);
  });

  it('shows a sending at either end, and tells the same path on two hosts apart', () => {
    const hydra = hostIdSchema.parse('hydra');
    const sending = task('a', { state: 'queued' }, { kind: 'image.push', hostId: hydra });
    const failed = task('a', { state: 'failed', error });
    expect(pullsOf([sending, failed], [sampleHost])).toEqual([sending, failed]);
    expect(pullsOf([sending, failed], [sampleSshHost()])).toEqual([sending]);
    expect(pullsOf([sending], [sampleSshHost({ id: hostIdSchema.parse('other') })])).toEqual([]);
  });

  it('draws layers to scale, where every size is known', () => {
    expect(
      barPieces([part('a', 'running', 25, 100), part('b', 'done', 0, 300), part('c', 'waiting', 0, 0)]),
    ).toEqual([
      { id: 'a', share: 0.25, done: 0.25 },
      { id: 'b', share: 0.75, done: 1 },
      { id: 'c', share: 0, done: 0 },
    ]);
    expect(barPieces([part('a', 'running', 25, 100), part('b', 'running', 0, null)])).toBe(null);
    expect(barPieces([part('a', 'running', 25, 100)])).toBe(null);
  });
});
