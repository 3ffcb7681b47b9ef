// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '#core/contract/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleReport, sampleTask } from '#renderer/testing/samples.ts';
import { TaskRow } from './TaskRow.tsx';

const downloading: Progress = {
  phase: 'download',
  fraction: 0.37,
  text: '',
  bytes: { done: 66_400_000, total: 88_400_000 },
  bytesPerSecond: 48_000_000,
  secondsLeft: 31,
  parts: [],
};

const asked = vi.fn();

beforeAll(() => {
  serveFakeCore((os) => ({
    tasks: {
      cancel: os.tasks.cancel.handler(({ input }) => {
        asked('cancel', input.id);
        return {};
      }),
      retry: os.tasks.retry.handler(({ input }) => {
        asked('retry', input.id);
        return { taskId: input.id };
      }),
      dismiss: os.tasks.dismiss.handler(({ input }) => {
        asked('dismiss', ...input.ids);
        return {};
      }),
    },
  }));
});
beforeEach(() => asked.mockClear());

function row(task: ReturnType<typeof sampleTask>) {
  return renderPage(
    <ul>
      <TaskRow task={task} isChosen={false} onChoose={() => undefined} />
    </ul>,
  );
}

describe('a task in the list', () => {
  it('says where it is, how fast, and how long it will take', () => {
    row(sampleTask({ state: 'running', progress: downloading }));
    expect(screen.getByText(/Downloading · 66.4 MB of 88.4 MB, 48.0 MB\/s, 31 s left/)).toBeDefined();
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('37');
  });

  it('shows the unknown as unknown', () => {
    row(
      sampleTask({
        state: 'running',
        progress: {
          ...downloading,
          phase: 'convert',
          fraction: null,
          bytes: null,
          bytesPerSecond: null,
          secondsLeft: null,
        },
      }),
    );
    expect(screen.getByText(/Converting to SIF · for/)).toBeDefined();
    expect(screen.getByRole('progressbar').hasAttribute('aria-valuenow')).toBe(false);
  });

  it('can be cancelled while it runs', async () => {
    const task = sampleTask({ state: 'running', progress: downloading });
    const { user } = row(task);
    await user.click(screen.getByRole('button', { name: 'Cancel “docker://alpine:3.20”' }));
    await waitFor(() => expect(asked).toHaveBeenCalledWith('cancel', task.id));
  });

  it('of another process is watched only', () => {
    row(sampleTask({ state: 'running', progress: downloading }, { isForeign: true }));
    expect(screen.getByText('from the command line')).toBeDefined();
    expect(screen.queryByRole('button', { name: /Cancel/ })).toBeNull();
  });

  it('that failed says why, and can be retried or dismissed', async () => {
    const task = sampleTask({ state: 'failed', error: sampleReport() });
    const { user } = row(task);
    expect(screen.getByText(/failed · The registry has no such image/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: /^Retry/ }));
    await waitFor(() => expect(asked).toHaveBeenCalledWith('retry', task.id));
    await user.click(screen.getByRole('button', { name: /^Dismiss/ }));
    await waitFor(() => expect(asked).toHaveBeenCalledWith('dismiss', task.id));
  });
});
