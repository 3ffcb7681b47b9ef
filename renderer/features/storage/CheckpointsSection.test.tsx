// @vitest-environment happy-dom
import { configure, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { KeptCheckpoint } from '#core/contract/builds.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { noticesStore } from '#renderer/state/notices.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { CheckpointsSection } from './CheckpointsSection.tsx';

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

const kept = (letter: string, name: string): KeptCheckpoint => ({
  key: letter.repeat(64),
  name,
  definitionName: 'tool.def',
  sizeBytes: 1_500_000,
  createdAt: Date.now(),
  lastUsedAt: Date.now(),
});
const fake = { kept: [] as KeptCheckpoint[], keptThere: [] as KeptCheckpoint[], asked: vi.fn() };

beforeAll(() => {
  serveFakeCore((os) => ({
    builds: {
      checkpoints: os.builds.checkpoints.handler(({ input }) => ({
        folder: hostPathFromText('/kept'),
        checkpoints: input === undefined || input.hostId === localHostId ? fake.kept : fake.keptThere,
        keptDays: 30,
        capBytes: 20e9,
      })),
      removeCheckpoints: os.builds.removeCheckpoints.handler(({ input }) => {
        fake.asked(input);
        const removed = fake.kept.filter(({ key }) => input.keys.includes(key));
        fake.kept = fake.kept.filter((one) => !removed.includes(one));
        return { removed };
      }),
    },
  }));
});

beforeEach(() => {
  fake.asked.mockClear();
  fake.kept = [kept('a', 'tools\u202e'), kept('b', 'data')];
  fake.keptThere = [kept('c', 'compiler')];
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost] });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
});

it('lists what is kept and what all of it takes, and removes one after it has asked', async () => {
  const { user } = renderPage(<CheckpointsSection />);
  expect(await screen.findByText('2 checkpoints, 3.0 MB')).toBeTruthy();
  expect(screen.getByText(/not used for 30 days, or when all take more than 20\.0 GB/)).toBeTruthy();
  expect(screen.getByRole('cell', { name: 'tools\\u202e' })).toBeTruthy(); // no name turns the line round
  await user.click(screen.getByRole('button', { name: 'Remove checkpoint data of tool.def' }));
  const question = within(await screen.findByRole('alertdialog'));
  expect(question.getByText(/Frees 1\.5 MB/)).toBeTruthy();
  expect(fake.asked).not.toHaveBeenCalled();
  await user.click(question.getByRole('button', { name: 'Remove 1 checkpoint' }));
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(noticesStore.getState().notices[0]?.title).toBe('Freed 1.5 MB of checkpoints.');
  expect(fake.asked).toHaveBeenCalledExactlyOnceWith({
    hostId: 'local',
    keys: ['b'.repeat(64)],
    olderThanDays: null,
    keepBytes: null,
  });
});

it('removes all', async () => {
  const { user } = renderPage(<CheckpointsSection />);
  await user.click(await screen.findByRole('button', { name: 'Remove all' }));
  await user.click(await screen.findByRole('button', { name: 'Remove 2 checkpoints' }));
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(fake.kept).toEqual([]);
});

it('shows and removes what another machine keeps', async () => {
  const there = sampleSshHost();
  hostsStore.setState({ hosts: [sampleHost, there] });
  const { user } = renderPage(<CheckpointsSection />);
  await screen.findByText('2 checkpoints, 3.0 MB');
  await user.click(screen.getByRole('combobox', { name: 'Kept on' }));
  await user.click(await screen.findByRole('option', { name: there.label }));
  expect(await screen.findByRole('cell', { name: 'compiler' })).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Remove all' }));
  const question = within(await screen.findByRole('alertdialog'));
  expect(question.getByText(`Remove 1 checkpoint on ${there.label}?`)).toBeTruthy();
  await user.click(question.getByRole('button', { name: 'Remove 1 checkpoint' }));
  await waitFor(() => expect(fake.asked).toHaveBeenCalled());
  expect(fake.asked.mock.calls[0]?.[0]).toMatchObject({ hostId: there.id, keys: ['c'.repeat(64)] });
});

it('asks for no machine where there is only this one', async () => {
  renderPage(<CheckpointsSection />);
  await screen.findByText('2 checkpoints, 3.0 MB');
  expect(screen.queryByRole('combobox', { name: 'Kept on' })).toBeNull();
});

it('says that there are none', async () => {
  fake.kept = [];
  renderPage(<CheckpointsSection />);
  expect(await screen.findByText('No checkpoints are kept.')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Remove all' })).toBeNull();
});
