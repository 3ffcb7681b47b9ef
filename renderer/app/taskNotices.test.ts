// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task, TaskResult } from '#core/contract/tasks.ts';
import { noticesStore } from '#renderer/state/notices.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { applyTaskEvent, tasksStore } from '#renderer/state/tasks.ts';
import { sampleReport, sampleSettings, sampleTask } from '#renderer/testing/samples.ts';
import { followTaskEnds } from './taskNotices.ts';

const result: TaskResult = { path: null, digest: null, sizeBytes: 85_500_000, facts: {} };
const shown = vi.fn();
let sequence = 1;

/** The outermost thing, the browser's own notification. */
class FakeNotification extends EventTarget {
  static readonly permission = 'granted';
  constructor(title: string, options: NotificationOptions) {
    super();
    shown(title, options.body);
  }
}

function tell(task: Task): void {
  sequence += 1;
  tasksStore.setState((state) => applyTaskEvent(state, { type: 'changed', sequence, task }));
}

beforeAll(() => {
  vi.stubGlobal('Notification', FakeNotification);
  followTaskEnds();
});
beforeEach(() => {
  shown.mockClear();
  noticesStore.setState({ notices: [], seenId: 0, shownReport: null });
  settingsStore.setState({ settings: sampleSettings });
  sequence += 1;
  tasksStore.setState((state) => applyTaskEvent(state, { type: 'snapshot', sequence, tasks: [] }));
  vi.spyOn(document, 'hasFocus').mockReturnValue(false);
});

const running = sampleTask({ state: 'queued' }, { startedAt: 1_000, endedAt: null });
const longEnd = { startedAt: 1_000, endedAt: 65_000 };

describe('the end of work', () => {
  it('is told in the window, with what came of it', () => {
    tell(running);
    tell(sampleTask({ state: 'succeeded', result }, longEnd));
    expect(noticesStore.getState().notices).toMatchObject([
      {
        tone: 'ok',
        title: 'Pull finished',
        detail: 'docker://alpine:3.20, 85.5 MB in 1 min 4 s',
        taskId: running.id,
      },
    ]);
  });

  it('says why work failed', () => {
    tell(running);
    tell(sampleTask({ state: 'failed', error: sampleReport() }, longEnd));
    expect(noticesStore.getState().notices).toMatchObject([
      { tone: 'bad', title: 'Pull failed', detail: 'docker://alpine:3.20. The registry has no such image.' },
    ]);
  });

  it('is told once, and not for what had ended before the page was there', () => {
    tell(sampleTask({ state: 'succeeded', result }, longEnd));
    expect(noticesStore.getState().notices).toEqual([]);
    tell(running);
    tell(sampleTask({ state: 'cancelled' }, longEnd));
    tell(sampleTask({ state: 'cancelled' }, longEnd));
    expect(noticesStore.getState().notices).toHaveLength(1);
  });

  it('is told on the desktop when the work was long and nobody looks', () => {
    tell(running);
    tell(sampleTask({ state: 'succeeded', result }, longEnd));
    expect(shown).toHaveBeenCalledWith('Pull finished', 'docker://alpine:3.20, 85.5 MB in 1 min 4 s');
  });

  it.each([
    ['short work', { startedAt: 1_000, endedAt: 9_000 }, true, false],
    ['a window in view', longEnd, true, true],
    ['notifications that are switched off', longEnd, false, false],
  ])('leaves the desktop alone for %s', (_, times, enabled, hasFocus) => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(hasFocus);
    settingsStore.setState({
      settings: { ...sampleSettings, notifications: { enabled, afterSeconds: 30 } },
    });
    tell(running);
    tell(sampleTask({ state: 'succeeded', result }, times));
    expect(noticesStore.getState().notices).toHaveLength(1);
    expect(shown).not.toHaveBeenCalled();
  });
});
