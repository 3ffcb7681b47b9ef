import { describe, expect, it } from 'vitest';
import { taskIdSchema } from '#core/contract/ids.ts';
import { sampleTask } from '#renderer/testing/samples.ts';
import { applyTaskEvent, type TasksState, taskName } from './tasks.ts';

const nothing: TasksState = { isLoaded: false, sequence: 0, tasks: [], resumedIds: new Set() };
const first = sampleTask({ state: 'queued' });
const second = sampleTask({ state: 'queued' }, { id: taskIdSchema.parse('22222222-bbbb'), createdAt: 2_000 });

describe('the mirror of the tasks', () => {
  it('starts from a snapshot, newest first', () => {
    const state = applyTaskEvent(nothing, { type: 'snapshot', sequence: 7, tasks: [first, second] });
    expect(state.tasks.map((task) => task.id)).toEqual([second.id, first.id]);
    expect(state).toMatchObject({ isLoaded: true, sequence: 7 });
  });

  it('passes over what the snapshot already holds', () => {
    const state = applyTaskEvent(nothing, { type: 'snapshot', sequence: 7, tasks: [first] });
    expect(applyTaskEvent(state, { type: 'removed', sequence: 7, id: first.id })).toBe(state);
  });

  it('takes in changes, newcomers and removals in order', () => {
    let state = applyTaskEvent(nothing, { type: 'snapshot', sequence: 1, tasks: [first] });
    state = applyTaskEvent(state, { type: 'changed', sequence: 2, task: second });
    state = applyTaskEvent(state, {
      type: 'changed',
      sequence: 3,
      task: { ...first, status: { state: 'cancelled' } },
    });
    expect(state.tasks.map((task) => task.status.state)).toEqual(['queued', 'cancelled']);
    state = applyTaskEvent(state, { type: 'removed', sequence: 4, id: second.id });
    expect(state.tasks.map((task) => task.id)).toEqual([first.id]);
  });

  it('starts over after a lost line, even with smaller numbers of a new core', () => {
    const before = applyTaskEvent(nothing, { type: 'snapshot', sequence: 900, tasks: [first, second] });
    const after = applyTaskEvent(before, { type: 'snapshot', sequence: 2, tasks: [second] });
    expect(after).toEqual({ isLoaded: true, sequence: 2, tasks: [second], resumedIds: new Set() });
  });

  it('remembers what had gone on alone and was found again', () => {
    const alone = { ...first, status: { state: 'detached', since: 2 } } as const;
    let state = applyTaskEvent(nothing, { type: 'snapshot', sequence: 1, tasks: [alone, second] });
    expect(state.resumedIds.size).toBe(0);
    state = applyTaskEvent(state, { type: 'changed', sequence: 2, task: first });
    expect([...state.resumedIds]).toEqual([first.id]);
  });
});

it('calls work on a file by its name, and other work by its title', () => {
  expect(taskName(sampleTask({ state: 'queued' }, { title: '/home/alice/images/tool.sif' }))).toBe(
    'tool.sif',
  );
  expect(taskName(sampleTask({ state: 'queued' }, { title: 'docker://alpine:3.20' }))).toBe(
    'docker://alpine:3.20',
  );
});
