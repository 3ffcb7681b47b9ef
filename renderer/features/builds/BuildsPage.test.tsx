// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#renderer/commands/registry.ts';
import { sampleReport } from '#renderer/testing/samples.ts';
import { goToFailure } from './buildActions.ts';
import { buildsStore, showBuild } from './buildsState.ts';
import { checkDisk, saveDocument } from './documents.ts';
import { draftsOf } from './drafts.ts';
import {
  fake,
  openFile,
  definitionPath as path,
  showBuilds,
  shownDocument,
  startedId,
  type,
} from './fakeBuilds.tsx';
import { sampleBuild, sampleDefinition, sampleFailedBuild, sampleFinding } from './sampleBuilds.ts';

describe('definition files', () => {
  it('begin with a template, and ask where they go when they are saved', async () => {
    const { user } = showBuilds();
    await user.click(await screen.findByRole('button', { name: /^Minimal/ }));
    expect(await screen.findByRole('button', { name: 'minimal.def, not saved' })).toBeTruthy();
    await act(() => runCommand('builds.save'));
    const dialog = await screen.findByRole('dialog', { name: 'Save definition file' });
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(fake.files.get('/home/alice/minimal.def')?.text).toBe(sampleDefinition));
    expect(await screen.findByRole('button', { name: 'minimal.def' })).toBeTruthy();
  });

  it('replace another file only when the person says so', async () => {
    fake.files.set('/home/alice/minimal.def', { text: 'theirs', modifiedAt: 7 });
    const { user } = showBuilds();
    await user.click(await screen.findByRole('button', { name: /^Minimal/ }));
    await act(() => runCommand('builds.saveAs'));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await user.click(await within(dialog).findByRole('checkbox', { name: 'Replace the file' }));
    expect(fake.files.get('/home/alice/minimal.def')?.text).toBe('theirs');
    await user.click(within(dialog).getByRole('button', { name: 'Replace and save' }));
    await waitFor(() => expect(fake.files.get('/home/alice/minimal.def')?.text).toBe(sampleDefinition));
  });

  it('are those of any connected host, and stay there', async () => {
    fake.files.set('/scratch/alice/tool.def', { text: sampleDefinition, modifiedAt: 1 });
    const { user } = showBuilds();
    await act(() => runCommand('builds.open'));
    const dialog = await screen.findByRole('dialog', { name: 'Open definition file' });
    await user.click(within(dialog).getByRole('combobox', { name: 'On' }));
    await user.click(await screen.findByRole('option', { name: 'hydra' }));
    const field = within(dialog).getByRole('combobox', { name: 'File' });
    await user.clear(field);
    await user.type(field, '/scratch/alice/tool.def');
    await user.click(within(dialog).getByRole('button', { name: 'Open' }));
    await waitFor(() => expect(shownDocument()).toMatchObject({ hostId: 'hydra', name: 'tool.def' }));
    type('Bootstrap: scratch');
    expect(await act(() => saveDocument(shownDocument().id))).toBe(true);
    expect(fake.wrote).toHaveBeenLastCalledWith('hydra', '/scratch/alice/tool.def');
    await act(() => runCommand('builds.build'));
    const build = await screen.findByRole('dialog', { name: 'Build tool.def' });
    await waitFor(() =>
      expect(within(build).getByRole('button', { name: 'Build' })).toHaveProperty('disabled', false),
    );
    await user.click(within(build).getByRole('button', { name: 'Build' }));
    await waitFor(() => expect(fake.built).toHaveBeenCalledOnce());
    expect(fake.built.mock.calls[0]?.[0]).toMatchObject({
      definition: { kind: 'file', hostId: 'hydra', path: '/scratch/alice/tool.def' },
    });
  });

  it('take another text from the disk where nothing was typed', async () => {
    showBuilds();
    await openFile();
    fake.files.set(path, { text: 'theirs', modifiedAt: 2 });
    await act(() => checkDisk(shownDocument().id));
    expect(shownDocument()).toMatchObject({ text: 'theirs', theirs: null });
  });

  it('keep both texts where both changed, until the person chooses', async () => {
    const { user } = showBuilds();
    await openFile();
    type('mine');
    fake.files.set(path, { text: 'theirs', modifiedAt: 2 });
    expect(await act(() => saveDocument(shownDocument().id))).toBe(false);
    expect(fake.files.get(path)?.text).toBe('theirs');
    await user.click(await screen.findByRole('button', { name: 'Compare' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('− mine');
    expect(dialog.textContent).toContain('+ theirs');
    await user.click(within(dialog).getByRole('button', { name: 'Keep mine' }));
    expect(await act(() => saveDocument(shownDocument().id))).toBe(true);
    expect(fake.files.get(path)?.text).toBe('mine');
  });

  it('ask before changes are closed', async () => {
    const { user } = showBuilds();
    await openFile();
    type('changed');
    await user.click(screen.getByRole('button', { name: 'Close gromacs.def' }));
    const dialog = await screen.findByRole('dialog', { name: 'Save the changes to gromacs.def?' });
    await user.click(within(dialog).getByRole('button', { name: 'Save and close' }));
    await waitFor(() => expect(fake.files.get(path)?.text).toBe('changed'));
    await waitFor(() => expect(buildsStore.getState().documents).toEqual([]));
  });

  it('come back with their changes after a reload, with what the disk has now', async () => {
    fake.files.set(path, { text: sampleDefinition, modifiedAt: 4 });
    localStorage.setItem(
      'mysingularity.builds',
      JSON.stringify({
        drafts: [
          { hostId: 'local', path, name: 'gromacs.def', modifiedAt: 3, text: 'mine', isCurrent: true },
        ],
        recentFiles: [{ hostId: 'local', path }],
      }),
    );
    showBuilds();
    await waitFor(() => expect(shownDocument()).toMatchObject({ text: 'mine', theirs: { modifiedAt: 4 } }));
    expect(await screen.findByText('gromacs.def was changed by somebody else')).toBeTruthy();
  });

  it('that are too long are not kept over a reload, and that is known', async () => {
    showBuilds();
    await openFile();
    type('x'.repeat(600_000));
    const { drafts, unkeptIds } = draftsOf(buildsStore.getState());
    expect(drafts).toMatchObject([{ path, text: null }]);
    expect(unkeptIds).toEqual([shownDocument().id]);
  });

  it('are made of Dockerfiles, and what does not come along is listed', async () => {
    const { user } = showBuilds();
    await openFile('FROM debian:12\nHEALTHCHECK CMD true\n');
    await user.click(await screen.findByRole('button', { name: 'Convert to a definition file' }));
    expect(await screen.findByText(/Images have no such check/)).toBeTruthy();
    expect(shownDocument().text).toContain('Bootstrap: docker');
  });
});

describe('problems', () => {
  it('are counted below the editor and listed with their reasons', async () => {
    fake.findings = [sampleFinding()];
    const { user } = showBuilds();
    await openFile();
    await user.click(await screen.findByRole('button', { name: '1 problem' }));
    const list = await screen.findByRole('list', { name: 'Problems of gromacs.def' });
    expect(list.textContent).toContain('There is no section %pots.');
    expect(list.textContent).toContain('line 4');
  });

  it('are asked for once when the typing pauses', async () => {
    showBuilds();
    await openFile();
    for (const text of ['a', 'ab', 'abc']) type(text);
    await waitFor(() => expect(fake.linted).toHaveBeenCalledWith('abc', {}));
    expect(fake.linted).not.toHaveBeenCalledWith('ab', {});
  });
});

describe('a build', () => {
  it('shows its phases as a picture and as a list, and what a paper says', async () => {
    fake.builds = [sampleBuild()];
    const { user } = showBuilds();
    act(() => showBuild(sampleBuild().id));
    expect(await screen.findByRole('img', { name: /Bootstrap 10 s, Post 40 s, Squashfs 10 s/ })).toBeTruthy();
    expect(screen.getByText('TOKEN=secret, not kept')).toBeTruthy();
    await user.click(screen.getByText('Sentence for a methods section'));
    expect(await screen.findByText('The image was built with Apptainer 1.4.5.')).toBeTruthy();
  });

  it('that failed leads to the line, wherever that is now', async () => {
    fake.builds = [sampleFailedBuild()];
    const { user } = showBuilds();
    await openFile(`# one line more\n${sampleDefinition}`);
    act(() => showBuild(sampleBuild().id));
    await user.click(await screen.findByRole('button', { name: 'Go to line 6' }));
    const { id, text } = shownDocument();
    expect(buildsStore.getState().marks[id]).toMatchObject({
      line: 7,
      title: 'The build stopped at line 6 of gromacs.def',
      output: 'Reading package lists...\nE: Unable to locate package gromcas',
    });
    type(`\n${text}`);
    expect(buildsStore.getState().marks[id]?.line).toBe(8);
    type(shownDocument().text.replace('gromcas', 'gromacs'));
    expect(buildsStore.getState().marks[id]).toBeUndefined();
    expect(goToFailure(sampleFailedBuild())).toBe(false);
  });

  it('is repeated, and asks before it replaces the image', async () => {
    fake.builds = [sampleBuild()];
    fake.rerunRefusal = sampleReport({ code: 'image.targetExists', title: 'There is one already.' });
    const { user } = showBuilds();
    act(() => showBuild(sampleBuild().id));
    await user.click(await screen.findByRole('button', { name: 'Build again' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Build gromacs.def again?' });
    expect(dialog.textContent).toContain('/images/gromacs.sif');
    await user.click(within(dialog).getByRole('button', { name: 'Build and replace' }));
    await waitFor(() =>
      expect(fake.reran.mock.calls.map(([input]) => input.overwrite)).toEqual([false, true]),
    );
  });

  it('is set beside another one: facts, phases and definitions', async () => {
    const other = sampleBuild({
      id: startedId,
      hostLabel: 'hydra',
      definition: { ...sampleBuild().definition, text: `${sampleDefinition}# one\u202e more\n` },
    });
    fake.builds = [sampleBuild(), other];
    const { user } = showBuilds();
    act(() => showBuild(sampleBuild().id));
    await user.click(await screen.findByRole('button', { name: 'More about this build' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Compare with another build…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Two builds side by side' });
    const host = await within(dialog).findByRole('row', { name: /Built on/ });
    expect(host.textContent).toBe('~differsBuilt onhydralocal');
    expect(within(dialog).getByRole('row', { name: /Post/ }).textContent).toContain('40 s');
    expect(within(dialog).getByText('# one\\u202e more')).toBeTruthy();
    await user.click(within(dialog).getByRole('checkbox', { name: 'Only what differs' }));
    expect(within(dialog).queryByRole('row', { name: /Runtime/ })).toBeNull();
  });

  it('is taken off the history, by kind or alone', async () => {
    fake.builds = [sampleBuild(), sampleFailedBuild({ id: startedId })];
    const { user } = showBuilds();
    await user.click(await screen.findByRole('tab', { name: 'History' }));
    await user.click(await screen.findByRole('button', { name: 'Clean up the history…' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(within(dialog).getByText('1 of 2 builds goes.')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Take off the history' }));
    await waitFor(() => expect(fake.forgot).toHaveBeenCalledWith([startedId]));
  });

  it('is found by a filter', async () => {
    fake.builds = [sampleBuild(), sampleFailedBuild({ id: startedId })];
    const { user } = showBuilds();
    await user.click(await screen.findByRole('tab', { name: 'History' }));
    await user.type(await screen.findByLabelText('Filter builds'), 'failed');
    expect(
      within(screen.getByRole('list', { name: 'Builds, newest first' })).getAllByRole('listitem'),
    ).toHaveLength(1);
  });

  it('is found in the history with its outcome and host', async () => {
    fake.builds = [sampleFailedBuild()];
    const { user } = showBuilds();
    await user.click(await screen.findByRole('tab', { name: 'History' }));
    await user.click(await screen.findByRole('button', { name: /gromacs.def failed on local/ }));
    expect(await screen.findByRole('region', { name: 'Build of gromacs.def' })).toBeTruthy();
  });
});
