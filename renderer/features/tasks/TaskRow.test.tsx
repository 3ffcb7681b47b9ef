// @vitest-environment happy-dom
import { act, screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '#core/contract/tasks.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSshHost, sampleTask } from '#renderer/testing/samples.ts';
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
    hosts: {
      connect: os.hosts.connect.handler(({ input }) => {
        asked('connect', input.hostId);
        return sampleSshHost();
      }),
    },
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
beforeEach(() => {
  asked.mockClear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost] });
  tasksStore.setState({ resumedIds: new Set() });
});

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

  it('names its host where there are several', () => {
    row(sampleTask({ state: 'queued' }));
    expect(screen.queryByText('local')).toBeNull();
    act(() => hostsStore.setState({ hosts: [sampleHost, sampleSshHost()] }));
    expect(screen.getByText('local')).toBeDefined();
  });

  it('that goes on alone says where, is found again by reconnecting, and can be cancelled', async () => {
    const lost = sampleSshHost({ connection: { state: 'lost', since: 0, reason: null } });
    hostsStore.setState({ hosts: [sampleHost, lost] });
    const { user } = row(sampleTask({ state: 'detached', since: 1 }, { hostId: lost.id }));
    expect(screen.getByText(/goes on on hydra; found again when you reconnect/)).toBeDefined();
    expect(screen.getByRole('button', { name: /^Cancel/ })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Reconnect' }));
    await waitFor(() => expect(asked).toHaveBeenCalledWith('connect', 'hydra'));
    act(() => hostsStore.setState({ hosts: [sampleHost, sampleSshHost()] }));
    expect(screen.queryByRole('button', { name: 'Reconnect' })).toBeNull();
    expect(screen.getByText(/goes on on hydra$/)).toBeDefined();
  });

  it('that was found again says so while it runs', () => {
    const task = sampleTask({ state: 'running', progress: { ...downloading, phase: 'send' } });
    tasksStore.setState({ resumedIds: new Set([task.id]) });
    row(task);
    expect(screen.getByText('found again')).toBeDefined();
    expect(screen.getByText(/Sending · 66.4 MB of 88.4 MB/)).toBeDefined();
  });
});
