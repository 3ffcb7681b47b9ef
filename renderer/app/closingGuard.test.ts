// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '#core/contract/tasks.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { sampleTask } from '#renderer/testing/samples.ts';
import { guardClosing } from './closingGuard.ts';

function isAskedWith(tasks: readonly Task[]): boolean {
  tasksStore.setState({ isLoaded: true, tasks });
  const event = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

const running = sampleTask({ state: 'queued' });

describe('closing the window', () => {
  beforeAll(guardClosing);
  beforeEach(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', code: 'KeyA' })));

  it('asks while work runs', () => {
    expect(isAskedWith([running])).toBe(true);
  });

  it('asks nothing when nothing would be lost', () => {
    expect(isAskedWith([])).toBe(false);
    expect(isAskedWith([sampleTask({ state: 'cancelled' })])).toBe(false);
    expect(isAskedWith([{ ...running, isForeign: true }])).toBe(false);
    expect(isAskedWith([sampleTask({ state: 'detached', since: 0 })])).toBe(false);
  });

  it('lets a reload through: core keeps the work', () => {
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', code: 'KeyR', ctrlKey: true }));
    expect(isAskedWith([running])).toBe(false);
  });
});
