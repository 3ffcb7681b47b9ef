// @vitest-environment happy-dom
import { act, configure, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Comparison, KeptComparison } from '#core/contract/compare.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { Task, TaskState } from '#core/contract/tasks.ts';
import { commandRegistry, registerCommands, runCommand } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSettings, sampleTask } from '#renderer/testing/samples.ts';
import { CompareDialogs } from './CompareDialogs.tsx';
import { ComparePage } from './ComparePage.tsx';
import { compareCommands } from './compareCommands.ts';
import { resetCompareState } from './compareState.ts';
import { sampleComparison, sampleFiles, samplePackages } from './sampleComparison.ts';

const fake = {
  comparison: sampleComparison(),
  refusal: null as ErrorReport | null,
  kept: [] as readonly KeptComparison[],
  removed: vi.fn(),
  started: vi.fn(),
  filesAsked: vi.fn(),
  cancelled: vi.fn(),
};

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

const ended: TaskState = {
  state: 'succeeded',
  result: { path: null, digest: null, sizeBytes: null, facts: {} },
};
const running: TaskState = {
  state: 'running',
  progress: {
    phase: 'compare',
    fraction: 0.4,
    text: 'usr/lib',
    bytes: null,
    bytesPerSecond: null,
    secondsLeft: null,
    parts: [],
  },
};

function comparisonTask(status: TaskState): Task {
  return sampleTask(status, { kind: 'image.compare', title: 'tool-1.sif → tool-2.sif' });
}

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between two panes takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  // happy-dom lays nothing out; a table shows what its height has room for.
  for (const [side, pixels] of [
    ['offsetWidth', 900],
    ['offsetHeight', 600],
    ['clientHeight', 600],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels });
  }
  serveFakeCore((os) => ({
    compare: {
      list: os.compare.list.handler(() => ({ comparisons: [...fake.kept] })),
      remove: os.compare.remove.handler(({ input }) => {
        fake.removed(input.taskIds);
        fake.kept = fake.kept.filter(({ taskId }) => !input.taskIds.includes(taskId));
        return {};
      }),
      start: os.compare.start.handler(({ input, errors }) => {
        if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
        fake.started(input);
        return { taskId: comparisonTask(ended).id };
      }),
      result: os.compare.result.handler(({ errors }): Comparison => {
        if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
        return fake.comparison;
      }),
      files: os.compare.files.handler(({ input }) => {
        fake.filesAsked(input.filter, input.page);
        const rows = sampleFiles.filter(({ path }) => path.includes(input.filter));
        return { rows: rows.slice(input.page * 1000, (input.page + 1) * 1000), matching: rows.length };
      }),
      packages: os.compare.packages.handler(({ input }) => {
        const rows = samplePackages.filter(({ name }) => name.includes(input.filter));
        return { rows, matching: rows.length };
      }),
      text: os.compare.text.handler(() => ({ text: '~ libc6 2.36-9 2.41-12\n' })),
    },
    tasks: {
      cancel: os.tasks.cancel.handler(({ input }) => {
        fake.cancelled(input.id);
        return {};
      }),
    },
    hosts: {
      browse: os.hosts.browse.handler(({ input }) => ({
        folder: input.folder,
        parent: null,
        entries: [],
        isCut: false,
      })),
    },
  }));
});

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(fake, {
    comparison: sampleComparison(),
    refusal: null,
    kept: [kept(comparisonTask(ended).id, 'tool-1.sif')],
  });
  resetCompareState();
  openImageWork(null);
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
  settingsStore.setState({ settings: sampleSettings });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [comparisonTask(ended)] });
  layoutStore.setState({ page: 'compare' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(compareCommands, () => ({ page: layoutStore.getState().page }));
});

function show() {
  return renderPage(
    <>
      <ComparePage />
      <CompareDialogs />
    </>,
  );
}

function kept(id: string, name: string, change: Partial<KeptComparison> = {}): KeptComparison {
  const { left, right, totals } = sampleComparison();
  return {
    taskId: taskIdSchema.parse(id),
    left: { ...left, path: hostPathFromText(`/images/${name}`) },
    right,
    comparedAt: Date.UTC(2026, 10, 20, 12),
    isEqual: false,
    filesCompared: true,
    totals,
    ...change,
  };
}

it('opens a kept comparison again, and removes one', async () => {
  tasksStore.setState({ tasks: [] });
  fake.kept = [kept('aaaaaaaa-1', 'new.sif'), kept('aaaaaaaa-2', 'old\u202efis.sif', { isEqual: true })];
  const { user } = show();
  const list = await screen.findByRole('list', { name: 'Kept comparisons, newest first' });
  const rows = within(list).getAllByRole('button', { name: /→/ });
  expect(rows.map((row) => row.getAttribute('aria-current'))).toEqual(['true', null]);
  expect(rows[0]?.textContent).toContain('2,500 files, 2 packages');
  expect(rows[1]?.textContent).toContain('old\\xe2\\x80\\xaefis.sif');
  expect(rows[1]?.textContent).toContain('no difference');
  await user.click(rows[1] as HTMLElement);
  await waitFor(() => expect(rows[1]?.getAttribute('aria-current')).toBe('true'));
  await user.click(within(list).getByRole('button', { name: /^Remove the comparison of old/ }));
  await waitFor(() => expect(fake.removed).toHaveBeenCalledWith(['aaaaaaaa-2']));
  await waitFor(() => expect(within(list).getAllByRole('button', { name: /→/ })).toHaveLength(1));
  expect(within(list).getByRole('button', { name: /→/ }).getAttribute('aria-current')).toBe('true');
});

it('says what the place is for, and leads to the dialog, when nothing was compared', async () => {
  tasksStore.setState({ tasks: [] });
  fake.kept = [];
  const { user } = show();
  expect(screen.getByText('Nothing compared yet')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Compare two images…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Compare two images' });
  await user.click(within(dialog).getByRole('button', { name: 'Compare' }));
  expect(within(dialog).getAllByText('Choose an image.')).toHaveLength(2);
  await user.type(within(dialog).getByLabelText('Left image'), '/images/tool-1.sif');
  await user.type(within(dialog).getByLabelText('Right image'), '/images/tool-2.sif');
  await user.click(within(dialog).getByRole('button', { name: 'Swap' }));
  await user.click(within(dialog).getByRole('button', { name: 'Compare' }));
  await waitFor(() =>
    expect(fake.started).toHaveBeenCalledWith({
      left: { hostId: 'local', path: '/images/tool-2.sif' },
      right: { hostId: 'local', path: '/images/tool-1.sif' },
    }),
  );
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('keeps the dialog open with the reason when core refuses', async () => {
  fake.refusal = sampleReport({ title: 'This is no image.' });
  const { user } = show();
  act(() => openImageWork({ kind: 'compare', paths: ['/images/a.sif', '/images/b.sif'] as never }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Compare' }));
  expect(await within(dialog).findByText('This is no image.')).toBeTruthy();
});

it('shows how far it is, and can be cancelled', async () => {
  fake.kept = [];
  tasksStore.setState({ tasks: [comparisonTask(running)] });
  const { user } = show();
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(fake.cancelled).toHaveBeenCalled());
});

it('tells a failure in its place', () => {
  tasksStore.setState({
    tasks: [comparisonTask({ state: 'failed', error: sampleReport({ title: 'It cannot be read.' }) })],
  });
  show();
  expect(screen.getByText('It cannot be read.')).toBeTruthy();
});

it('tells when an answer is not kept any more', async () => {
  fake.refusal = sampleReport({ title: 'This task is not known.' });
  show();
  expect(await screen.findByText('This task is not known.')).toBeTruthy();
});

it('sums up, and shows packages by sign and word', async () => {
  show();
  const summary = await screen.findByRole('region', { name: 'Summary' });
  expect(summary.textContent).toContain('+added1,500 files, 34.0 MB');
  expect(summary.textContent).toContain('997 files, 90.0 MB → 95.0 MB');
  expect(summary.textContent).toContain('Times and owners are not compared.');
  const row = await screen.findByRole('row', { name: /libc6/ });
  expect(row.textContent).toContain('~changed');
  expect((await screen.findByRole('row', { name: /numpy/ })).textContent).toContain('+added');
});

it('asks only for the pages of files in view, and filters in core', async () => {
  const { user } = show();
  await user.click(await screen.findByRole('tab', { name: /Files/ }));
  const row = await screen.findByRole('row', { name: /debian_version/ });
  expect(row.textContent).toContain('content, mode 0644 → 0600');
  expect((await screen.findByRole('row', { name: /opt\/old/ })).textContent).toContain('−removed');
  expect(screen.getByRole('table', { name: 'Files' }).getAttribute('aria-rowcount')).toBe('2501');
  expect(screen.getAllByRole('row').length).toBeLessThan(80);
  expect(fake.filesAsked.mock.calls).toEqual([['', 0]]);
  await user.type(screen.getByRole('textbox', { name: 'Filter paths' }), 'part-0042');
  expect(await screen.findByText('1 of 2,500')).toBeTruthy();
  await user.type(screen.getByRole('textbox', { name: 'Filter paths' }), 'zz');
  expect(await screen.findByText('Nothing here matches this filter.')).toBeTruthy();
});

it('shows definition and environment line by line', async () => {
  const { user } = show();
  await user.click(await screen.findByRole('tab', { name: /Definition/ }));
  const definition = screen.getByRole('region', { name: 'Definition' });
  expect(definition.textContent).toContain('removed: From: debian:12');
  expect(definition.textContent).toContain('added: From: debian:13');
  expect(screen.getByRole('region', { name: 'Runscript' }).textContent).toContain('only in the right image');
  await user.click(screen.getByRole('tab', { name: /Labels and environment/ }));
  expect(await screen.findByRole('row', { name: /maintainer/ })).toBeTruthy();
  expect(screen.getByText('/.singularity.d/env/90-environment.sh')).toBeTruthy();
});

it('says plainly when nothing differs, and when files were not compared', async () => {
  fake.comparison = sampleComparison({
    isEqual: true,
    labels: [],
    texts: [],
    filesNotCompared: 'The file system is encrypted.',
    totals: {
      same: 0,
      added: 0,
      removed: 0,
      changed: 0,
      addedBytes: 0,
      removedBytes: 0,
      changedBytes: { left: 0, right: 0 },
      packages: 0,
    },
    listedFiles: 0,
  });
  show();
  expect(await screen.findByText('Nothing that was compared differs.')).toBeTruthy();
  expect(screen.getByText('The file system is encrypted.')).toBeTruthy();
});

it('is copied as text and compared the other way round', async () => {
  const { user } = show();
  await screen.findByRole('region', { name: 'Summary' });
  await act(() => runCommand('compare.copy'));
  expect(await navigator.clipboard.readText()).toBe('~ libc6 2.36-9 2.41-12\n');
  await user.click(screen.getByRole('button', { name: 'Compare the other way round' }));
  await waitFor(() =>
    expect(fake.started).toHaveBeenCalledWith({
      left: { hostId: 'local', path: '/images/tool-2.sif' },
      right: { hostId: 'local', path: '/images/tool-1.sif' },
    }),
  );
});
