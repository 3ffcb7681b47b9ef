// @vitest-environment happy-dom
import { act, configure, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { Image, ImageEvent } from '#core/contract/images.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSettings, sampleTask } from '#renderer/testing/samples.ts';
import { ImagesPage } from './ImagesPage.tsx';
import { imageCommands } from './imageCommands.ts';
import { resetImagesState } from './imagesState.ts';
import { imageWorkCommands } from './imageWorkCommands.ts';
import { sampleDetail, sampleFolder, sampleImage } from './sampleImages.ts';

let images: readonly Image[] = [];
let problem: string | null = null;
let isRefused = false;
const removed = vi.fn();
const renamed = vi.fn();
const pulled = vi.fn();
const opened = vi.fn();
const cancelled = vi.fn();
const taskId = taskIdSchema.parse('22222222-bbbb');

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
    // The line between list and detail takes every press that is upon it.
    if (role === 'separator') return new DOMRect(-9, -9, 1, 1);
    return new DOMRect(0, 0, 1200, role === 'presentation' ? 26 : 600);
  };
  serveFakeCore((os) => ({
    images: {
      watch: os.images.watch.handler(async function* ({ signal, errors }) {
        if (isRefused) throw errors.WORKBENCH({ data: sampleReport({ title: 'The disk is away.' }) });
        const events: readonly ImageEvent[] = [
          { type: 'reset' },
          { type: 'upsert', images: [...images] },
          { type: 'ready', folders: [{ path: sampleFolder, problem }], durationMs: 1 },
        ];
        yield* events;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      }),
      detail: os.images.detail.handler(({ input }) => {
        const image = images.find((candidate) => candidate.path === input.path) ?? sampleImage('none');
        return sampleDetail(image, { labels: [{ name: 'evil', value: 'a\u202eb\u001b[31m' }] });
      }),
      remove: os.images.remove.handler(({ input }) => {
        removed(input.paths);
        return { removed: input.paths.length, freedBytes: 5 };
      }),
      rename: os.images.rename.handler(({ input }) => {
        renamed(input);
        return { path: input.path };
      }),
      pull: os.images.pull.handler(({ input }) => {
        pulled(input);
        return { taskId };
      }),
      planPull: os.images.planPull.handler(({ input, errors }) => {
        if (input.reference.includes('forbidden'))
          throw errors.WORKBENCH({ data: sampleReport({ title: 'Not for you.' }) });
        return {
          target: hostPathFromText('/data/images/tool_1.sif'),
          exists: input.reference.includes('twice') ? { sizeBytes: 2e6 } : null,
          byHand: `apptainer pull ${input.reference}`,
          means: 'Layers are fetched in parallel.',
          compressions: ['gzip-6', 'zstd-3'],
          routes: [],
        };
      }),
      previewAction: os.images.previewAction.handler(({ input }) => ({
        command: `apptainer ${input.verb} ${input.path} ${input.args.join('|')}`,
        enters: [{ kind: 'home', enters: input.options.isolation === 'host', text: 'Your home folder.' }],
        warnings: [],
      })),
    },
    hosts: {
      browse: os.hosts.browse.handler(({ input }) => ({
        folder: input.folder,
        parent: null,
        entries: [
          { name: hostPathFromText('scratch'), isFolder: true },
          { name: hostPathFromText('notes.txt'), isFolder: false },
        ],
        isCut: false,
      })),
    },
    tasks: {
      cancel: os.tasks.cancel.handler(({ input }) => {
        cancelled(input.id);
        return {};
      }),
    },
    terminals: {
      open: os.terminals.open.handler(({ input, errors }) => {
        opened(input.subject);
        throw errors.WORKBENCH({ data: sampleReport({ title: 'The runtime is missing.' }) });
      }),
    },
  }));
});

beforeEach(() => {
  images = [];
  problem = null;
  isRefused = false;
  for (const spy of [removed, renamed, pulled, opened, cancelled]) spy.mockClear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost] });
  settingsStore.setState({ settings: sampleSettings, path: null, problem: null });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
  commandRegistry.setState({ commands: new Map() });
  registerCommands([...imageCommands, ...imageWorkCommands], () => ({ page: 'images' }));
});
afterEach(() => act(() => resetImagesState()));

const grid = () => screen.getByRole('grid', { name: 'Images' });
const names = () =>
  within(grid())
    .queryAllByRole('row')
    .slice(1)
    .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
    .map((row) => within(row).getAllByRole('gridcell')[0]?.textContent);
async function showThree() {
  images = [
    sampleImage('tool-10.sif', { sizeBytes: 3e6, createdAt: 3 }),
    sampleImage('tool-9.sif', { sizeBytes: 1e6, createdAt: 2, isSigned: true }),
    sampleImage('Alpha.sif', { sizeBytes: 2e6, createdAt: 1, architecture: 'arm64' }),
  ];
  const page = renderPage(<ImagesPage />);
  await screen.findByText('tool-10.sif');
  return page;
}

describe('the images page', { timeout: 30_000 }, () => {
  it('says what it is for when there are no images, and offers a first pull', async () => {
    const { user } = renderPage(<ImagesPage />);
    expect(await screen.findByText('No images yet')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Pull docker://alpine:3.20' }));
    expect(await screen.findByLabelText('Reference')).toHaveProperty('value', 'docker://alpine:3.20');
  });

  it('lists images with their count and size, newest first, and sorts by a header', async () => {
    const { user } = await showThree();
    expect(screen.getByText('3 on local, 6.0 MB')).toBeTruthy();
    expect(names()).toEqual(['tool-10.sif', 'tool-9.sif', 'Alpha.sif']);
    expect(grid().getAttribute('aria-rowcount')).toBe('4');
    await user.click(screen.getByRole('button', { name: 'Name' }));
    await waitFor(() => expect(names()).toEqual(['Alpha.sif', 'tool-9.sif', 'tool-10.sif']));
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
  });

  it('filters by words and by chips, and says so when nothing matches', async () => {
    const { user } = await showThree();
    await user.click(screen.getByRole('button', { name: 'Signed' }));
    await waitFor(() => expect(names()).toEqual(['tool-9.sif']));
    await user.click(screen.getByRole('button', { name: 'Other architecture' }));
    await waitFor(() => expect(names()).toEqual(['Alpha.sif']));
    await user.type(screen.getByRole('textbox', { name: /Filter/ }), 'nothing like this');
    expect(await screen.findByText('No image matches')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Show all images' }));
    await waitFor(() => expect(names()).toHaveLength(3));
  });

  it('names a folder that could not be read', async () => {
    problem = 'No permission.';
    renderPage(<ImagesPage />);
    expect(await screen.findByText('One image folder could not be read')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Stop looking in /data/images' })).toBeTruthy();
  });

  it('says why there is no list, and reads it again when asked', async () => {
    isRefused = true;
    images = [sampleImage('later.sif')];
    const { user } = renderPage(<ImagesPage />);
    expect(await screen.findByText('The disk is away.')).toBeTruthy();
    isRefused = false;
    await user.click(screen.getByRole('button', { name: 'Read the list again' }));
    expect(await screen.findByText('later.sif')).toBeTruthy();
    expect(screen.queryByText('The disk is away.')).toBe(null);
  });

  it('shows an image in full when it is chosen with the keyboard, its texts as text', async () => {
    const { user } = await showThree();
    grid().focus();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    const detail = await screen.findByRole('complementary', { name: 'Detail of tool-9.sif' });
    expect(await within(detail).findByText('fits local')).toBeTruthy();
    expect(within(detail).getByText(`sha256:${'a'.repeat(64)}`)).toBeTruthy();
    await user.click(within(detail).getByRole('tab', { name: 'Labels' }));
    expect(within(detail).getByText('a\\u202eb\\x1b[31m')).toBeTruthy();
  });

  it('sums up several images, and names paths and sizes before it deletes them', async () => {
    const { user } = await showThree();
    grid().focus();
    await user.keyboard('{ArrowDown}{Shift>}{ArrowDown}{/Shift}');
    expect(await screen.findByRole('heading', { name: '2 images selected' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Delete…' }));
    const question = await screen.findByRole('alertdialog', { name: 'Delete 2 images?' });
    expect(within(question).getByText('/data/images/tool-10.sif')).toBeTruthy();
    expect(within(question).getByText('3.0 MB')).toBeTruthy();
    expect(removed).not.toHaveBeenCalled();
    await user.click(within(question).getByRole('button', { name: 'Delete 2 images' }));
    await waitFor(() =>
      expect(removed).toHaveBeenCalledWith(['/data/images/tool-10.sif', '/data/images/tool-9.sif']),
    );
  });

  it('refuses a name that is taken, and renames to one that is free', async () => {
    const { user } = await showThree();
    grid().focus();
    await user.keyboard('{ArrowDown}');
    await act(() => commandRegistry.getState().commands.get('images.rename')?.perform({ page: 'images' }));
    const field = await screen.findByLabelText('New name');
    await user.clear(field);
    await user.type(field, 'tool-9.sif');
    expect(screen.getByText('Another image in this folder has this name.')).toBeTruthy();
    await user.type(field, '{Backspace>4/}-new.sif{Enter}');
    await waitFor(() =>
      expect(renamed).toHaveBeenCalledWith(expect.objectContaining({ newName: 'tool-9-new.sif' })),
    );
  });

  it('keeps a pull in view with its progress, and cancels it', async () => {
    const { user } = await showThree();
    const running = sampleTask({
      state: 'running',
      progress: {
        phase: 'download',
        fraction: 0.62,
        text: '',
        bytes: { done: 254e6, total: 412e6 },
        bytesPerSecond: 48e6,
        secondsLeft: 31,
        parts: [],
      },
    });
    act(() => tasksStore.setState({ tasks: [running] }));
    expect(screen.getByText('Downloading, 62 %, 254 MB of 412 MB, 48.0 MB/s, 31 s left')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Cancel the pull of docker://alpine:3.20' }));
    await waitFor(() => expect(cancelled).toHaveBeenCalledWith(running.id));
  });

  it('says why a pull failed and offers to try again', async () => {
    const { user } = await showThree();
    act(() => tasksStore.setState({ tasks: [sampleTask({ state: 'failed', error: sampleReport() })] }));
    await user.click(screen.getByRole('button', { name: 'What happened' }));
    expect(screen.getByRole('alert').textContent).toContain('Check the name and the tag.');
    expect(screen.getByRole('button', { name: 'Retry the pull of docker://alpine:3.20' })).toBeTruthy();
  });
});

describe('pulling an image', { timeout: 30_000 }, () => {
  async function openPull() {
    const page = renderPage(<ImagesPage />);
    await page.user.click(screen.getByRole('button', { name: 'Pull image' }));
    return { ...page, reference: await screen.findByLabelText('Reference') };
  }

  it('understands an old command line, shows the command by hand, and pulls on Enter', async () => {
    const { user, reference } = await openPull();
    await user.type(reference, 'docker pull registry.example.org/lab/tool:1');
    expect(screen.getByLabelText('File name')).toHaveProperty('value', 'tool_1.sif');
    expect(await screen.findByText('apptainer pull docker://registry.example.org/lab/tool:1')).toBeTruthy();
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(pulled).toHaveBeenCalledWith(
        expect.objectContaining({ reference: 'docker://registry.example.org/lab/tool:1', allowHttp: false }),
      ),
    );
    await waitFor(() => expect(screen.queryByLabelText('Reference')).toBe(null));
  });

  it('explains what cannot be pulled', async () => {
    const { user, reference } = await openPull();
    await user.type(reference, 'apptainer build x.sif x.def');
    expect(screen.getByText(/x\.def is a definition file/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Pull' })).toHaveProperty('disabled', true);
  });

  it('overwrites only when that is said', async () => {
    const { user, reference } = await openPull();
    await user.type(reference, 'docker://lab/twice:1');
    expect(await screen.findByText('A file of this name is there already')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Pull' })).toHaveProperty('disabled', true);
    await user.click(screen.getByLabelText('Overwrite it'));
    await user.click(await screen.findByRole('button', { name: 'Pull and overwrite' }));
    await waitFor(() => expect(pulled).toHaveBeenCalledWith(expect.objectContaining({ overwrite: true })));
  });

  it('shows what core says against it', async () => {
    const { user, reference } = await openPull();
    await user.type(reference, 'docker://lab/forbidden:1');
    expect(await screen.findByText('Not for you.')).toBeTruthy();
  });

  it('completes folders from the host', async () => {
    const { user } = await openPull();
    const folder = screen.getByLabelText('Folder');
    await user.clear(folder);
    await user.type(folder, '/s');
    await user.click(await screen.findByRole('option', { name: 'scratch' }));
    expect(folder).toHaveProperty('value', '/scratch/');
    expect(screen.queryByRole('option', { name: 'notes.txt' })).toBe(null);
  });
});

describe('starting an image', { timeout: 30_000 }, () => {
  async function openRun() {
    const page = await showThree();
    grid().focus();
    await page.user.keyboard('{ArrowDown}');
    await page.user.click(await screen.findByRole('button', { name: 'Run…' }));
    await screen.findByRole('dialog', { name: 'Run tool-10.sif' });
    return page;
  }

  it('shows what enters and the exact command while the form is filled', async () => {
    const { user } = await openRun();
    await user.type(screen.getByLabelText('Arguments'), `--name "two words"`);
    expect(await screen.findByText('apptainer run /data/images/tool-10.sif --name|two words')).toBeTruthy();
    expect(screen.getByText('enters:')).toBeTruthy();
    await user.click(screen.getByRole('radio', { name: 'Sealed' }));
    expect(await screen.findByText('stays out:')).toBeTruthy();
  });

  it('says what is wrong before anything is started', async () => {
    const { user } = await openRun();
    await user.click(screen.getByRole('radio', { name: 'Exec' }));
    await user.click(screen.getByRole('button', { name: 'Execute' }));
    expect(screen.getByText('Which program shall run?')).toBeTruthy();
    expect(opened).not.toHaveBeenCalled();
  });

  it('starts with binds as they are pasted, and keeps the form when core refuses', async () => {
    const { user } = await openRun();
    await user.click(screen.getByRole('button', { name: 'Add bind' }));
    await user.click(screen.getByRole('combobox', { name: 'Bind 1, on the host' }));
    await user.paste('/scratch/data:/data:ro');
    await user.click(screen.getByRole('button', { name: 'Run' }));
    expect(await screen.findByText('The runtime is missing.')).toBeTruthy();
    expect(opened.mock.calls[0]?.[0]).toMatchObject({
      kind: 'container',
      action: {
        verb: 'run',
        options: { binds: [{ source: '/scratch/data', destination: '/data', isReadOnly: true }] },
      },
    });
    expect(screen.getByLabelText('Bind 1, in the container')).toHaveProperty('value', '/data');
  });
});
