// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { answers, resetDialogs, serveDialogs } from './dialogs.fixture.tsx';
import { ImageDialogs } from './ImageDialogs.tsx';
import { emptyImportStart, type ImportStart, imagesStore, showImagesDialog } from './imagesState.ts';

beforeAll(serveDialogs);
beforeEach(() => resetDialogs());

async function open(start: Partial<ImportStart> = {}) {
  const page = renderPage(<ImageDialogs host={sampleHost} />);
  act(() => showImagesDialog({ kind: 'import', start: { ...emptyImportStart, ...start } }));
  await screen.findByRole('dialog', { name: 'Import image' });
  return page;
}
const pathField = () => screen.getByLabelText('File or folder of this machine');
const importButton = (name = 'Import') => screen.getByRole('button', { name });
const at = (path: string) => ({ file: { path, upload: null } });

describe('importing a file', { timeout: 30_000 }, () => {
  it('begins with nothing, and asks for a whole path', async () => {
    const { user } = await open();
    expect(document.activeElement).toBe(pathField());
    expect(importButton()).toHaveProperty('disabled', true);
    expect(answers.planned).not.toHaveBeenCalled();
    await user.type(pathField(), 'image.tar');
    expect(screen.getByRole('alert').textContent).toBe('Give the full path, from / on.');
  });

  it('says what the file is and what will be done, and imports on Enter', async () => {
    const { user } = await open();
    await user.type(pathField(), '/home/alice/image.tar');
    expect(await screen.findByText('A docker archive, 84.0 MB')).toBeTruthy();
    expect(screen.getByText('Layer after layer.')).toBeTruthy();
    expect(screen.getByLabelText('File name')).toHaveProperty('value', 'alpine_3.20.sif');
    await user.type(screen.getByLabelText('File name'), '{Enter}');
    await waitFor(() =>
      expect(answers.imported).toHaveBeenCalledWith({
        hostId: 'local',
        path: '/home/alice/image.tar',
        member: null,
        folder: null,
        fileName: null,
        form: 'sif',
        overwrite: false,
        compression: null,
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
  });

  it('says that it is looking', async () => {
    answers.isSlow = true;
    await open(at('/home/alice/image.tar'));
    expect(await screen.findByText('Looking at what this is…')).toBeTruthy();
    expect(importButton()).toHaveProperty('disabled', true);
  });

  it('shows why something cannot be imported', async () => {
    answers.refusal = { code: 'image.archiveHostile', title: 'It would write outside its own folder' };
    await open(at('/home/alice/bad.tar'));
    expect(await screen.findByText('It would write outside its own folder')).toBeTruthy();
    expect(importButton()).toHaveProperty('disabled', true);
  });

  it('is quiet about a path that is not whole yet', async () => {
    answers.refusal = { code: 'host.pathMissing', title: '/home/al is not there', cause: 'No such path.' };
    const { user } = await open();
    await user.type(pathField(), '/home/al');
    expect(await screen.findByText('/home/al is not there. No such path.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBe(null);
  });

  it('asks which of several images is meant, with names that deceive made plain', async () => {
    answers.importPlan = { members: ['alpine:3.20', 'lab/\u202egnp.exe:1'], member: null };
    const { user } = await open(at('/home/alice/both.tar'));
    const choice = await screen.findByRole('radiogroup', { name: 'It holds 2 images' });
    expect(screen.getByText('Choose which of its images is imported.')).toBeTruthy();
    expect(importButton()).toHaveProperty('disabled', true);
    await user.click(within(choice).getByRole('radio', { name: 'lab/\\u202egnp.exe:1' }));
    await waitFor(() => expect(importButton()).toHaveProperty('disabled', false));
    await user.click(importButton());
    await waitFor(() =>
      expect(answers.imported).toHaveBeenCalledWith(
        expect.objectContaining({ member: 'lab/\u202egnp.exe:1' }),
      ),
    );
  });

  it('filters many images', async () => {
    const members = Array.from({ length: 150 }, (_, index) => `lab/tool:${index}`);
    answers.importPlan = { members, member: null };
    const { user } = await open(at('/home/alice/many.tar'));
    const choice = await screen.findByRole('radiogroup', { name: 'It holds 150 images' });
    expect(within(choice).getAllByRole('radio')).toHaveLength(100);
    expect(screen.getByText('and 50 more: filter for them')).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Filter the images' }), ':149');
    expect(within(choice).getAllByRole('radio')).toHaveLength(1);
  });

  it('tells what will not come through, harmlessly', async () => {
    answers.importPlan = { warnings: ['lib/\u202eA and lib/a differ in case only.'] };
    await open(at('/home/alice/odd.tar'));
    const warnings = await screen.findByRole('region', { name: 'What will not come through as it is' });
    expect(warnings.textContent).toContain('lib/\\u202eA and lib/a');
    expect(importButton()).toHaveProperty('disabled', false);
  });

  it('overwrites only when that is said', async () => {
    answers.importPlan = { exists: { sizeBytes: 5e6 } };
    const { user } = await open(at('/home/alice/image.tar'));
    expect(await screen.findByText('A file of this name is there already')).toBeTruthy();
    expect(importButton()).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('checkbox', { name: 'Overwrite it' }));
    await user.click(await screen.findByRole('button', { name: 'Import and overwrite' }));
    await waitFor(() =>
      expect(answers.imported).toHaveBeenCalledWith(expect.objectContaining({ overwrite: true })),
    );
  });

  it('makes a sandbox here, and a SIF for a host that is connected', async () => {
    hostsStore.setState({ hosts: [sampleHost, sampleSshHost()] });
    const { user } = await open(at('/home/alice/image.tar'));
    await user.click(screen.getByRole('radio', { name: 'Sandbox' }));
    await user.click(screen.getByRole('combobox', { name: 'To' }));
    await user.click(await screen.findByRole('option', { name: 'hydra' }));
    expect(screen.getByText('It becomes a SIF: a folder is not sent to hydra.')).toBeTruthy();
    expect(screen.getByLabelText('Into the folder')).toHaveProperty('value', '/scratch/alice/images');
    await waitFor(() => expect(importButton()).toHaveProperty('disabled', false));
    await user.click(importButton());
    await waitFor(() =>
      expect(answers.imported).toHaveBeenCalledWith(
        expect.objectContaining({ hostId: 'hydra', form: 'sif', folder: null }),
      ),
    );
  });

  it('offers what the engines here have', async () => {
    answers.sources = [
      {
        kind: 'podman-storage',
        images: [{ member: 'containers-storage:localhost/lab/tool:1', sizeBytes: 1 }],
        problem: null,
      },
      { kind: 'docker-daemon', images: [], problem: 'Permission denied.' },
    ];
    const { user } = await open();
    await user.click(await screen.findByRole('radio', { name: 'A local engine' }));
    expect(screen.getByText('Docker: Permission denied.')).toBeTruthy();
    await user.click(screen.getByRole('radio', { name: 'containers-storage:localhost/lab/tool:1' }));
    await waitFor(() => expect(importButton()).toHaveProperty('disabled', false));
    await user.click(importButton());
    await waitFor(() =>
      expect(answers.imported).toHaveBeenCalledWith(
        expect.objectContaining({ path: null, member: 'containers-storage:localhost/lab/tool:1' }),
      ),
    );
  });
});

describe('files that were dropped', { timeout: 30_000 }, () => {
  it('come one after the other', async () => {
    const { user } = await open({ ...at('/a.tar'), others: [{ path: '/b.tar', upload: null }] });
    expect(screen.getByText('1 more file was dropped, and comes after this one.')).toBeTruthy();
    await waitFor(() => expect(importButton('Import, then the next')).toHaveProperty('disabled', false));
    await user.click(importButton('Import, then the next'));
    await waitFor(() => expect(pathField()).toHaveProperty('value', '/b.tar'));
    expect(answers.imported).toHaveBeenCalledTimes(1);
    expect(screen.queryByRole('button', { name: 'Skip' })).toBe(null);
  });

  it('are sent by a browser in pieces, named as they were, and dropped when they are not imported', async () => {
    const { user } = renderPage(<ImageDialogs host={sampleHost} />);
    const file = new File([new Uint8Array(5 * 1024 * 1024)], 'laptop.tar');
    act(() => showImagesDialog({ kind: 'upload', files: [file] }));
    expect(await screen.findByRole('dialog', { name: 'Import image' })).toBeTruthy();
    expect(answers.uploaded.mock.calls).toEqual([
      ['id of laptop.tar', 0, 4_194_304],
      ['id of laptop.tar', 4_194_304, 1_048_576],
    ]);
    expect(screen.getByText('laptop.tar')).toBeTruthy();
    await waitFor(() =>
      expect(answers.planned).toHaveBeenCalledWith(
        expect.objectContaining({ path: hostPathFromText('/uploads/id of laptop.tar') }),
      ),
    );
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(answers.dropped).toHaveBeenCalledWith('id of laptop.tar'));
    expect(imagesStore.getState().dialog).toBe(null);
  });

  it('are forgotten when the person cancels while they are sent', async () => {
    answers.isSlow = true;
    const { user } = renderPage(<ImageDialogs host={sampleHost} />);
    act(() => showImagesDialog({ kind: 'upload', files: [new File(['x'], 'a.tar')] }));
    const dialog = await screen.findByRole('dialog', { name: 'Copying a.tar to the workbench' });
    expect(within(dialog).getByRole('progressbar', { name: 'Progress of a.tar' })).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    await waitFor(() => expect(answers.dropped).toHaveBeenCalledWith('id of a.tar'));
  });

  it('say why they could not be sent', async () => {
    answers.uploadFailure = 'No space left';
    renderPage(<ImageDialogs host={sampleHost} />);
    act(() => showImagesDialog({ kind: 'upload', files: [new File(['x'], 'a.tar')] }));
    expect(await screen.findByRole('dialog', { name: 'a.tar could not be copied' })).toBeTruthy();
    expect(screen.getByText('No space left')).toBeTruthy();
    expect(answers.dropped).toHaveBeenCalledWith('id of a.tar');
  });
});
