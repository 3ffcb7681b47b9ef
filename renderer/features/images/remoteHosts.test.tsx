// @vitest-environment happy-dom
import { act, configure, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Connection, Host } from '#core/contract/hosts.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Image, ImageEvent, PushPlan } from '#core/contract/images.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { noticesStore } from '#renderer/state/notices.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import {
  sampleHost,
  sampleReport,
  sampleSettings,
  sampleSshHost,
  sampleTask,
} from '#renderer/testing/samples.ts';
import { ImagesPage } from './ImagesPage.tsx';
import { imageCommands } from './imageCommands.ts';
import { resetImagesState } from './imagesState.ts';
import { imageWorkCommands } from './imageWorkCommands.ts';
import { sampleDetail, sampleImage } from './sampleImages.ts';

const hydraId = sampleSshHost().id;
const scratch = hostPathFromText('/scratch/alice/images');
const taskId = taskIdSchema.parse('33333333-cccc');
let images: readonly Image[] = [];
let plan: Partial<PushPlan> = {};
const connected = vi.fn();
const removed = vi.fn();
const pulled = vi.fn();
const pushed = vi.fn();
const copied = vi.fn();

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  // happy-dom lays nothing out; the grid shows what its height has room for.
  for (const [side, pixels] of [
    ['clientWidth', 1200],
    ['clientHeight', 600],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels });
  }
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    const role = this.getAttribute('role');
    if (role === 'separator') return new DOMRect(-9, -9, 1, 1);
    return new DOMRect(0, 0, 1200, role === 'presentation' ? 26 : 600);
  };
  serveFakeCore((os) => ({
    images: {
      watch: os.images.watch.handler(async function* ({ input, signal }) {
        const events: readonly ImageEvent[] = [
          { type: 'reset' },
          { type: 'upsert', images: images.filter((image) => image.hostId === input.hostId) },
          { type: 'ready', folders: [], durationMs: 1 },
        ];
        yield* events;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      }),
      detail: os.images.detail.handler(({ input }) =>
        sampleDetail(images.find((image) => image.path === input.path) ?? sampleImage('none')),
      ),
      remove: os.images.remove.handler(({ input }) => {
        removed(input.hostId, input.paths);
        return { removed: input.paths.length, freedBytes: 5 };
      }),
      planPull: os.images.planPull.handler(() => ({
        target: hostPathFromText('/scratch/alice/images/alpine_3.20.sif'),
        exists: null,
        byHand: 'apptainer pull docker://alpine:3.20',
        means: 'As a job of its own on hydra.',
        compressions: [],
        routes: [
          { route: 'host', text: 'Apptainer of hydra pulls on its own network.' },
          { route: 'send', text: 'Fetched here in parallel, then sent and proved.' },
        ],
      })),
      pull: os.images.pull.handler(({ input }) => {
        pulled(input);
        return { taskId };
      }),
      planPush: os.images.planPush.handler(({ input }) => ({
        target: hostPathFromText(`${input.folder ?? scratch}/${input.fileName ?? 'tool.sif'}`),
        sizeBytes: 4e6,
        exists: null,
        freeBytes: 5e9,
        warning: null,
        byHand: `rsync -P ${input.path} hydra:${input.folder ?? scratch}/`,
        means: 'With rsync, which both ends have.',
        ...plan,
      })),
      push: os.images.push.handler(({ input }) => {
        pushed(input);
        return { taskId };
      }),
    },
    hosts: {
      connect: os.hosts.connect.handler(({ input, errors }) => {
        connected(input.hostId);
        throw errors.WORKBENCH({ data: sampleReport({ code: 'host.promptCancelled' }) });
      }),
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
  images = [];
  plan = {};
  for (const spy of [connected, removed, pulled, pushed, copied]) spy.mockClear();
  settingsStore.setState({ settings: sampleSettings, path: null, problem: null });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
  noticesStore.setState({ notices: [] });
  commandRegistry.setState({ commands: new Map() });
  registerCommands([...imageCommands, ...imageWorkCommands], () => ({ page: 'images' }));
});
afterEach(() => act(() => resetImagesState()));

function show(hosts: readonly Host[], currentId: Host['id'] = hydraId) {
  hostsStore.setState({ isLoaded: true, hosts, currentId });
  return renderPage(<ImagesPage />);
}
function away(state: Connection['state'], reason: Connection['reason'] = null): Host {
  return sampleSshHost({ connection: { state, since: 0, reason } });
}
const onHydra = (name: string, more: Partial<Image> = {}) =>
  sampleImage(name, {
    hostId: hydraId,
    folder: scratch,
    path: hostPathFromText(`${scratch}/${name}`),
    ...more,
  });
const perform = (id: string) =>
  act(() => commandRegistry.getState().commands.get(id)?.perform({ page: 'images' }));
const isEnabled = (id: string) =>
  commandRegistry.getState().commands.get(id)?.isEnabled?.({ page: 'images' });

describe('the images of an ssh host', { timeout: 30_000 }, () => {
  it('says why there are none while it is not connected, and connects', async () => {
    const reason = sampleReport({
      code: 'host.timeout',
      title: 'hydra does not answer',
      cause: 'No answer within 30 s.',
      nextStep: 'Check the network.',
    });
    const { user } = show([sampleHost, away('refused', reason)]);
    expect(await screen.findByText('hydra does not answer')).toBeTruthy();
    expect(screen.getByText('No answer within 30 s. Check the network.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(connected).toHaveBeenCalledWith('hydra'));
    // A cancelled prompt is no failure to be told about.
    expect(noticesStore.getState().notices).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Add file…' })).toBe(null);
  });

  it('keeps the rows of a host that was lost, marked as old, and changes nothing there', async () => {
    images = [onHydra('tool.sif')];
    const { user } = show([sampleHost, sampleSshHost()]);
    await user.click(await screen.findByText('tool.sif'));
    expect(isEnabled('images.delete')).toBe(true);
    act(() => hostsStore.setState({ hosts: [sampleHost, away('lost')] }));
    expect(await screen.findByText('The connection to hydra was lost')).toBeTruthy();
    expect(screen.getByRole('row', { name: /tool\.sif/ }).title).toMatch(/before the connection to hydra/);
    expect(isEnabled('images.delete')).toBe(false);
    await user.click(screen.getByRole('button', { name: 'Reconnect' }));
    await waitFor(() => expect(connected).toHaveBeenCalledWith('hydra'));
  });

  it('copies what scp takes', async () => {
    images = [onHydra('tool.sif')];
    const { user } = show([sampleHost, sampleSshHost()]);
    await user.click(await screen.findByText('tool.sif'));
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (words) => copied(words));
    await perform('images.copyHostPath');
    await waitFor(() => expect(copied).toHaveBeenCalledWith('hydra:/scratch/alice/images/tool.sif'));
  });

  it('lists all hosts together, tells the same path on two apart, and deletes each on its own', async () => {
    const path = hostPathFromText('/data/images/same.sif');
    images = [sampleImage('same.sif'), onHydra('same.sif', { path }), onHydra('far.sif')];
    const { user } = show([
      sampleHost,
      sampleSshHost(),
      { ...away('disconnected'), id: hostIdSchema.parse('juno'), label: 'juno' },
    ]);
    await user.click(screen.getByRole('button', { name: 'All hosts' }));
    expect(await screen.findByText('3 on 3 hosts, 3.0 kB')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Connect juno' })).toBeTruthy();
    expect(screen.getByRole('columnheader', { name: 'Host' })).toBeTruthy();
    const rows = screen.getAllByRole('row', { name: /same\.sif/ });
    expect(rows.map((row) => within(row).getAllByRole('gridcell')[1]?.textContent)).toEqual([
      'local',
      'hydra',
    ]);
    screen.getByRole('grid').focus();
    await user.keyboard('{Control>}a{/Control}');
    expect(await screen.findByRole('heading', { name: '3 images selected' })).toBeTruthy();
    await perform('images.delete');
    const question = await screen.findByRole('alertdialog', { name: 'Delete 3 images?' });
    expect(within(question).getByText(/These files go from local, hydra/)).toBeTruthy();
    await user.click(within(question).getByRole('button', { name: 'Delete 3 images' }));
    await waitFor(() => expect(removed).toHaveBeenCalledTimes(2));
    expect(removed).toHaveBeenCalledWith('local', [path]);
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBe(null));
  });

  it('keeps work that goes on alone in view', async () => {
    tasksStore.setState({ tasks: [sampleTask({ state: 'detached', since: 1 }, { hostId: hydraId })] });
    show([sampleHost, away('lost')]);
    expect(await screen.findByText('Goes on on hydra; found again when you reconnect')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Cancel the pull of docker://alpine:3.20' })).toBeTruthy();
  });
});

describe('pulling onto an ssh host', { timeout: 30_000 }, () => {
  it('offers its two ways, says what each can do, and sends the choice', async () => {
    const { user } = show([sampleHost, sampleSshHost()]);
    await user.click(screen.getByRole('button', { name: 'Pull image' }));
    await user.type(await screen.findByLabelText('Reference'), 'docker://alpine:3.20');
    const byHost = await screen.findByRole('radio', { name: /Pulled by hydra itself/ });
    expect(byHost.getAttribute('aria-checked')).toBe('true');
    expect(screen.getByText('no resume')).toBeTruthy();
    expect(screen.getByText('Fetched here in parallel, then sent and proved.')).toBeTruthy();
    expect(screen.getByLabelText('Folder')).toHaveProperty('value', scratch);
    await user.click(screen.getByRole('radio', { name: 'Fetched here and sent' }));
    await user.click(screen.getByRole('button', { name: 'Pull' }));
    await waitFor(() =>
      expect(pulled).toHaveBeenCalledWith(
        expect.objectContaining({ hostId: 'hydra', route: 'send', folder: null }),
      ),
    );
  });
});

describe('sending images', { timeout: 30_000 }, () => {
  async function openSend(hosts: readonly Host[] = [sampleHost, sampleSshHost()]) {
    images = [sampleImage('tool.sif', { sizeBytes: 4e6 })];
    const page = show(hosts, localHostId);
    await page.user.click(await screen.findByText('tool.sif'));
    await page.user.click(await screen.findByRole('button', { name: 'Send to…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Send tool.sif' });
    return { ...page, dialog: within(dialog) };
  }

  it('says what will happen, and starts it', async () => {
    plan = { warning: 'It is for arm64; hydra is amd64.' };
    const { user, dialog } = await openSend();
    expect(await dialog.findByText(/new there/)).toBeTruthy();
    expect(dialog.getByText('It is for arm64; hydra is amd64.')).toBeTruthy();
    expect(dialog.getByText('4.0 MB to send, 5.0 GB free there')).toBeTruthy();
    expect(dialog.getByText('With rsync, which both ends have.')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Send' }));
    await waitFor(() =>
      expect(pushed).toHaveBeenCalledWith({
        path: '/data/images/tool.sif',
        hostId: 'hydra',
        folder: scratch,
        fileName: null,
        overwrite: false,
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
  });

  it('sends nothing that is there already', async () => {
    plan = { exists: { sizeBytes: 4e6, isSame: true } };
    const { dialog } = await openSend();
    expect(await dialog.findByText('is there already, the same')).toBeTruthy();
    expect(dialog.getByText('Nothing is left to send.')).toBeTruthy();
    expect(dialog.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', true);
  });

  it('overwrites another file only when that is said', async () => {
    plan = { exists: { sizeBytes: 7e6, isSame: false } };
    const { user, dialog } = await openSend();
    expect(await dialog.findByText('another file of this name is there, 7.0 MB')).toBeTruthy();
    expect(dialog.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', true);
    await user.click(dialog.getByRole('checkbox', { name: 'Overwrite the other file of this name' }));
    expect(await dialog.findByText(/takes the place of another file/)).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(pushed).toHaveBeenCalledWith(expect.objectContaining({ overwrite: true })));
  });

  it('does not begin what has no room there', async () => {
    plan = { freeBytes: 1e6 };
    const { dialog } = await openSend();
    expect(await dialog.findByText('Not enough room on hydra: 4.0 MB to send, 1.0 MB free.')).toBeTruthy();
    expect(dialog.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', true);
  });

  it('connects the host from the dialog', async () => {
    const { user, dialog } = await openSend([sampleHost, away('disconnected')]);
    expect(dialog.getByText('hydra is not connected')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(connected).toHaveBeenCalledWith('hydra'));
    act(() => hostsStore.setState({ hosts: [sampleHost, sampleSshHost()] }));
    expect(await dialog.findByText(/new there/)).toBeTruthy();
  });
});
