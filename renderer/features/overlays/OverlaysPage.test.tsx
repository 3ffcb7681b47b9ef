// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, configure, screen, within } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands, runCommand } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleTask } from '#renderer/testing/samples.ts';
import { OverlaysPage } from './OverlaysPage.tsx';
import { overlayCommands } from './overlayCommands.ts';
import { resetOverlaysState } from './overlaysState.ts';

const workId = taskIdSchema.parse('66666666-ffff');
const asked = vi.fn();
const sample = (change: Partial<Overlay> = {}): Overlay => ({
  hostId: localHostId,
  path: hostPathFromText('/images/ov.img'),
  isEmbedded: false,
  sizeBytes: 67_108_864,
  allocatedBytes: 4_600_000,
  usedBytes: 9_757_696,
  ownerId: 1001,
  isOwn: true,
  wasUnmountedInOrder: true,
  holders: [],
  problem: null,
  ...change,
});
let overlays: readonly Overlay[] = [];

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between list and detail takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  for (const [side, pixels] of [
    ['offsetWidth', 900],
    ['offsetHeight', 600],
    ['clientWidth', 900],
    ['clientHeight', 600],
  ] as const)
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels });
  serveFakeCore((os) => ({
    overlays: {
      list: os.overlays.list.handler(() => ({ overlays: [...overlays] })),
      check: os.overlays.check.handler(({ input }) => {
        asked('check', input);
        return { taskId: workId };
      }),
      unembed: os.overlays.unembed.handler(({ input }) => {
        asked('unembed', input);
        return { taskId: workId };
      }),
      grow: os.overlays.grow.handler(({ input }) => {
        asked('grow', input);
        return { taskId: workId };
      }),
    },
  }));
});

beforeEach(() => {
  overlays = [sample()];
  asked.mockReset();
  queryClient.clear();
  resetOverlaysState();
  tasksStore.setState({ tasks: [] });
  layoutStore.setState({ page: 'overlays' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(overlayCommands, () => ({ page: layoutStore.getState().page }));
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
});

const show = () =>
  renderPage(
    <QueryClientProvider client={queryClient}>
      <OverlaysPage />
    </QueryClientProvider>,
  );

it('says how full an overlay is, whose it is and who has it open', { timeout: 30_000 }, async () => {
  const writer = { processId: 77, user: 'alice', command: 'fuse2fs', isWriting: true };
  overlays = [sample({ isOwn: false, holders: [writer], wasUnmountedInOrder: null })];
  const { user } = show();
  await user.click(await screen.findByRole('row', { name: /ov\.img/ }));
  const detail = await screen.findByRole('complementary', { name: 'Detail of ov.img' });
  expect(detail.textContent).toContain('9.8 MB of 67.1 MB, before it was opened');
  expect(detail.textContent).toContain('only that user can make new files at its top');
  expect(detail.textContent).toContain('fuse2fs of alice, process 77');
});

it('tells what a check found, and offers to mend it', { timeout: 30_000 }, async () => {
  const { user } = show();
  await user.click(await screen.findByRole('row', { name: /ov\.img/ }));
  await user.click(await screen.findByRole('button', { name: 'Check' }));
  const result = {
    path: hostPathFromText('/images/ov.img'),
    digest: null,
    sizeBytes: null,
    facts: { isClean: false, report: 'Entry home has deleted inode 13' },
  };
  await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  act(() => {
    const status = { state: 'succeeded' as const, result };
    tasksStore.setState({
      tasks: [
        sampleTask(status, { id: workId, kind: 'overlay.check', title: 'ov.img', target: result.path }),
      ],
    });
  });
  const found = await screen.findByRole('region', { name: 'What the check said' });
  expect(found.textContent).toContain('Entry home has deleted inode 13');
  await user.click(within(found).getByRole('button', { name: 'Mend…' }));
  expect(await screen.findByText(/A copy is mended and takes its place/)).toBeTruthy();
});

it('takes one out of its image when that is confirmed', { timeout: 30_000 }, async () => {
  overlays = [sample({ path: hostPathFromText('/images/app.sif'), isEmbedded: true })];
  const { user } = show();
  await user.click(await screen.findByRole('row', { name: /app\.sif/ }));
  await screen.findByRole('complementary', { name: 'Detail of app.sif' });
  await act(() => runCommand('overlays.remove'));
  const dialog = await screen.findByRole('alertdialog', { name: 'Take the overlay out of app.sif?' });
  expect(dialog.textContent).toContain('the image itself stays');
  expect(asked).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole('button', { name: 'Take out' }));
  await vi.waitFor(() =>
    expect(asked).toHaveBeenCalledWith('unembed', { hostId: localHostId, path: '/images/app.sif' }),
  );
});

it('grows, and takes nothing smaller', { timeout: 30_000 }, async () => {
  const { user } = show();
  await user.click(await screen.findByRole('row', { name: /ov\.img/ }));
  await user.click(await screen.findByRole('button', { name: 'Grow…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Grow ov.img' });
  const size = within(dialog).getByLabelText('New size');
  await user.clear(size);
  await user.type(size, '64M');
  expect(within(dialog).getByText(/an overlay never shrinks/)).toBeTruthy();
  await user.clear(size);
  await user.type(size, '1.5 GiB');
  await user.click(within(dialog).getByRole('button', { name: 'Grow' }));
  await vi.waitFor(() =>
    expect(asked).toHaveBeenCalledWith('grow', expect.objectContaining({ sizeBytes: 1.5 * 1024 ** 3 })),
  );
});
