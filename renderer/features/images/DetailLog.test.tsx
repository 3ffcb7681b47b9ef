// @vitest-environment happy-dom
import { ORPCError } from '@orpc/server';
import { configure, screen } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { LogLine } from '#core/contract/tasks.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleReport, sampleTask } from '#renderer/testing/samples.ts';
import { DetailLog } from './DetailLog.tsx';

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

const failed = sampleReport({ code: 'build.failed', data: { command: 'cat /nothing' } });
const task = sampleTask({ state: 'failed', error: failed });
const unknownId = taskIdSchema.parse('22222222-bbbb');
const texts = ['\u001b[32mINFO:\u001b[0m    Starting', '+ cat /nothing', 'cat: /nothing: No such file'];
const lines: LogLine[] = texts.map((text) => ({ at: 0, stream: 'stderr', text }));

beforeAll(() => {
  serveFakeCore((os) => ({
    tasks: {
      watchLog: os.tasks.watchLog.handler(async function* ({ input }) {
        if (input.id !== task.id)
          throw new ORPCError('WORKBENCH', { data: sampleReport({ code: 'task.unknown' }) });
        yield { from: 0, lines, ended: true };
      }),
    },
  }));
});

beforeEach(() => tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [task] }));

it('shows the log as builds do: with a search, and the line that failed', async () => {
  renderPage(<DetailLog taskId={task.id} />);
  expect(await screen.findByText('3 lines')).toBeTruthy();
  expect(screen.getByLabelText('Search the log')).toBeTruthy();
  expect(await screen.findByRole('button', { name: 'Go to where it failed' })).toBeTruthy();
});

it('says that no log is known of a task that is forgotten', async () => {
  renderPage(<DetailLog taskId={unknownId} />);
  expect(await screen.findByText(/^No log is known for this file/)).toBeTruthy();
});
