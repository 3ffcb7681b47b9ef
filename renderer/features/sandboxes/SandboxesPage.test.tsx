// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { definitionDraftStore } from '#renderer/state/definitionDraft.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { noticesStore } from '#renderer/state/notices.ts';
import { openSandbox } from '#renderer/state/sandboxChoice.ts';
import { sampleHost, sampleReport, sampleSshHost } from '#renderer/testing/samples.ts';
import { fake, showSandboxes, tellWork, workId } from './fakeSandboxes.tsx';
import {
  otherWays,
  sampleDifference,
  sampleDigest,
  sampleSandbox,
  strangeSandbox,
} from './sampleSandboxes.ts';
import { sandboxesStore } from './sandboxesState.ts';

const one = { hostId: 'local', path: '/images/tool' };

async function choose(user: UserEvent, name = 'tool') {
  await user.click(await screen.findByRole('row', { name: new RegExp(name) }));
  return screen.findByRole('complementary', { name: new RegExp(`^Detail of ${name}`) });
}

const running = {
  state: 'running' as const,
  progress: {
    phase: 'convert' as const,
    fraction: 0.4,
    text: 'Packing',
    bytes: null,
    bytesPerSecond: null,
    secondsLeft: null,
    parts: [],
  },
};

it('lists what each was made from, its size and owners; hostile names are shown harmless', async () => {
  const { user } = showSandboxes();
  const row = await screen.findByRole('row', { name: /tool/ });
  expect(row.textContent).toContain('registry.example.org/lab/tool:1');
  expect(row.textContent).toContain('412 MB');
  expect(within(row).getByRole('img', { name: /subordinate ids/ })).toBeTruthy();
  const strange = screen.getByRole('row', { name: /old\\xe2/ });
  expect(strange.textContent).toContain('not known');
  expect(strange.textContent).toContain('not measured');
  expect(screen.getByText(/2 on local, 412 MB measured/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Size' }));
  expect(sandboxesStore.getState().sort).toEqual({ column: 'size', isDescending: true });
  await user.click(screen.getByLabelText('Filter by name, base, path'));
  await user.paste('nothing has this');
  expect(await screen.findByText('No sandbox matches this filter.')).toBeTruthy();
});

it('says what the place is for where there are none, and leads to a new one', async () => {
  fake.sandboxes = [];
  const { user } = showSandboxes();
  expect(await screen.findByText('No sandboxes on local yet')).toBeTruthy();
  await user.click(screen.getAllByRole('button', { name: 'New sandbox…' })[0] as HTMLElement);
  expect(await screen.findByRole('dialog', { name: 'New sandbox' })).toBeTruthy();
});

it('offers to connect a host that is away', () => {
  showSandboxes(sampleSshHost({ connection: { state: 'disconnected', since: 0, reason: null } }));
  expect(screen.getByText('hydra is not connected')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Connect' })).toBeTruthy();
});

it('tells what is known of one, and opens shells in the ways that its host has', async () => {
  const { user } = showSandboxes();
  const pane = await choose(user);
  expect(pane.textContent).toContain(sampleDigest);
  expect(pane.textContent).toContain('12,345 files');
  const ways = await within(pane).findByRole('region', { name: 'Open a shell' });
  expect(within(ways).getByText('not here')).toBeTruthy();
  expect(within(ways).getByText('This host has no fakeroot for you.')).toBeTruthy();
  expect(within(ways).queryByRole('button', { name: /Writable as root/ })).toBeNull();
  await user.click(within(ways).getByRole('button', { name: 'Open a shell: Writable' }));
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith('open', {
      kind: 'sandbox',
      shell: { ...one, way: 'writable', isWritable: false, isRoot: false },
    }),
  );
  expect(layoutStore.getState()).toMatchObject({ isDockOpen: true, dockTab: 'terminals' });
});

it('opens one without a runtime by what the host has, writable and as root when asked', async () => {
  fake.ways = otherWays;
  const { user } = showSandboxes();
  const pane = await choose(user);
  const ways = await within(pane).findByRole('region', { name: 'Open a shell without a runtime' });
  expect(within(ways).queryByText('Read-only, as yourself.')).toBeNull();
  const options = within(ways).getByRole('group', { name: 'Options of bubblewrap (bwrap)' });
  await user.click(within(options).getByLabelText('Writable'));
  await user.click(within(options).getByLabelText('As root'));
  await user.click(within(ways).getByRole('button', { name: 'Open a shell: bubblewrap (bwrap)' }));
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith('open', {
      kind: 'sandbox',
      shell: { ...one, way: 'bubblewrap', isWritable: true, isRoot: true },
    }),
  );
});

it('compares with the base when asked: files that sort, packages from version to version', async () => {
  const { user } = showSandboxes();
  const pane = await choose(user);
  await user.click(within(pane).getByRole('tab', { name: 'Changes' }));
  expect(fake.asked).not.toHaveBeenCalled();
  await user.click(within(pane).getByRole('button', { name: 'Compare with the base' }));
  const totals = await within(pane).findByRole('region', { name: 'What changed' });
  expect(totals.textContent).toBe('3added1changed1removed4.9 MB more');
  expect(pane.textContent).toContain('2 folders could not be read.');
  const files = within(pane).getByRole('grid', { name: 'Changed files' });
  const firstRow = () => within(files).getAllByRole('row')[1]?.textContent;
  expect(firstRow()).toBe('changed/etc/tool.conf300 B');
  await user.click(within(files).getByRole('button', { name: 'Size' }));
  expect(firstRow()).toBe('added/opt/large.bin5.0 MB');
  expect(files.textContent).toContain('And 2 more files');
  await user.type(within(pane).getByLabelText('Filter paths'), 'old');
  await waitFor(() => expect(firstRow()).toBe('removed/usr/bin/old70.0 kB'));
  await user.click(within(pane).getByRole('radio', { name: 'Packages (3)' }));
  const packages = within(pane).getByRole('grid', { name: 'Changed packages' });
  expect(within(packages).getByRole('row', { name: /zlib1g/ }).textContent).toContain('1.2 → 1.3');
  expect(within(packages).getByRole('row', { name: /nano/ }).textContent).toContain('removed');
});

it('says so where nothing changed, and where nothing is known to compare with', async () => {
  fake.difference = sampleDifference({
    files: [],
    moreFiles: 0,
    totals: { added: 0, changed: 0, removed: 0 },
    packages: [],
    addedBytes: 0,
    notes: [],
  });
  const { user } = showSandboxes();
  const pane = await choose(user);
  await user.click(within(pane).getByRole('tab', { name: 'Changes' }));
  await user.click(within(pane).getByRole('button', { name: 'Compare with the base' }));
  expect(await within(pane).findByText('Nothing changed since it was made.')).toBeTruthy();
  fake.refusal = sampleReport({ code: 'sandbox.noBase', title: 'Nothing is known of how it was made' });
  await user.click(within(pane).getByRole('button', { name: 'Compare again' }));
  expect(await within(pane).findByText('Nothing is known of how it was made')).toBeTruthy();
  expect(within(pane).queryByRole('button', { name: 'Compare again' })).toBeNull();
});

it('keeps a snapshot with a note, goes back to one, and deletes one', async () => {
  const { user } = showSandboxes();
  const pane = await choose(user);
  await user.click(within(pane).getByRole('button', { name: 'Keep a snapshot…' }));
  await user.type(await screen.findByLabelText('Note'), 'a note{Enter}');
  await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('snapshot', { ...one, note: 'a note' }));
  const list = await within(pane).findByRole('list', { name: 'Snapshots, newest first' });
  expect(within(list).getAllByRole('listitem')[0]?.textContent).toContain('before the upgrade');
  await user.click(within(list).getByRole('button', { name: 'Go back to before the upgrade' }));
  const question = await screen.findByRole('alertdialog');
  expect(question.textContent).toContain('What is there now is kept as a snapshot first.');
  await user.click(within(question).getByRole('button', { name: 'Go back' }));
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith('restore', { ...one, snapshotId: 'aaaaaaaa-2' }),
  );
  await user.click(within(list).getAllByRole('button', { name: 'Delete this snapshot…' })[1] as HTMLElement);
  await user.click(await screen.findByRole('button', { name: 'Delete snapshot' }));
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith('removeSnapshot', { ...one, snapshotId: 'aaaaaaaa-1' }),
  );
});

it('freezes to a SIF, says what is recorded, and replaces a file only when told to', async () => {
  fake.exists = true;
  const { user } = showSandboxes();
  const pane = await choose(user);
  await user.click(within(pane).getByRole('button', { name: 'Freeze to SIF…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Freeze tool' });
  expect(await within(dialog).findByText('2 commands of its writable shells')).toBeTruthy();
  expect(dialog.textContent).toContain(sampleDigest);
  expect(await within(dialog).findByText('A file of this name is there already.')).toBeTruthy();
  expect((within(dialog).getByRole('button', { name: 'Freeze' }) as HTMLButtonElement).disabled).toBe(true);
  await user.click(within(dialog).getByLabelText('Replace it'));
  await user.click(within(dialog).getByRole('button', { name: 'Freeze and replace' }));
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith('freeze', {
      ...one,
      folder: '/images',
      fileName: 'tool.sif',
      overwrite: true,
    }),
  );
  act(() => tellWork(running, 'sandbox.freeze'));
  const work = await within(pane).findByRole('region', { name: 'Freeze: tool' });
  expect(within(work).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
  await user.click(within(work).getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('cancel', workId));
  act(() =>
    tellWork({ state: 'failed', error: sampleReport({ title: 'No space is left.' }) }, 'sandbox.freeze'),
  );
  expect(await within(pane).findByText('No space is left.')).toBeTruthy();
  await user.click(within(pane).getByRole('button', { name: 'Dismiss' }));
  expect(within(pane).queryByText('No space is left.')).toBeNull();
});

it('clones beside it under another name', async () => {
  const { user } = showSandboxes();
  const pane = await choose(user);
  await user.click(within(pane).getByRole('button', { name: 'Clone…' }));
  const name = await screen.findByLabelText('Name');
  await user.clear(name);
  expect(await screen.findByText('Give a name.')).toBeTruthy();
  await user.type(name, 'tool-2{Enter}');
  await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('clone', { ...one, target: '/images/tool-2' }));
});

it('opens the draft of a definition in the editor, and says how much is in it', async () => {
  const { user } = showSandboxes();
  await choose(user);
  await act(() => runCommand('sandboxes.draft'));
  expect(definitionDraftStore.getState().draft).toEqual({ name: 'tool.def', text: 'Bootstrap: docker\n' });
  expect(layoutStore.getState().page).toBe('builds');
  expect(noticesStore.getState().notices[0]?.detail).toContain('2 commands');
});

it('names what is deleted, stays open with the reason, and shows no more what is gone', async () => {
  const { user } = showSandboxes();
  await choose(user);
  await act(() => runCommand('sandboxes.remove'));
  const question = await screen.findByRole('alertdialog', { name: 'Delete the sandbox tool?' });
  expect(question.textContent).toContain('/images/tool');
  expect(question.textContent).toContain('2 snapshots go with it');
  expect(question.textContent).toContain('Files of your subordinate ids go as well');
  fake.refusal = sampleReport({ code: 'sandbox.busy', title: 'The sandbox is in use' });
  await user.click(within(question).getByRole('button', { name: 'Delete tool' }));
  expect(await within(question).findByText('The sandbox is in use')).toBeTruthy();
  fake.refusal = null;
  await user.click(within(question).getByRole('button', { name: 'Delete tool' }));
  await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('remove', one));
  act(() => tellWork(running, 'sandbox.remove'));
  fake.sandboxes = [strangeSandbox];
  act(() =>
    tellWork(
      { state: 'succeeded', result: { path: null, digest: null, sizeBytes: null, facts: {} } },
      'sandbox.remove',
    ),
  );
  await waitFor(() => expect(screen.queryByRole('row', { name: /tool/ })).toBeNull());
  expect(screen.getByText('Nothing is chosen')).toBeTruthy();
});

it('makes one from a registry, is shown it at its end, and allows a plain registry when told to', async () => {
  const { user } = showSandboxes();
  await user.click(await screen.findByRole('button', { name: 'New sandbox…' }));
  const dialog = await screen.findByRole('dialog', { name: 'New sandbox' });
  await user.click(within(dialog).getByLabelText('Reference'));
  await user.paste('plain.example.org/lab/tool:1');
  await user.click(await within(dialog).findByRole('button', { name: /without encryption/ }));
  expect(await within(dialog).findByText('Layers are unpacked straight.')).toBeTruthy();
  await user.click(within(dialog).getByRole('button', { name: 'Make sandbox' }));
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith(
      'pull',
      expect.objectContaining({
        reference: 'docker://plain.example.org/lab/tool:1',
        form: 'sandbox',
        allowHttp: true,
      }),
    ),
  );
  act(() => tellWork(running, 'image.pull'));
  const made = sampleSandbox({ path: hostPathFromText('/images/made'), name: hostPathFromText('made') });
  fake.sandboxes = [...fake.sandboxes, made];
  act(() =>
    tellWork(
      { state: 'succeeded', result: { path: made.path, digest: null, sizeBytes: null, facts: {} } },
      'image.pull',
    ),
  );
  expect(await screen.findByRole('complementary', { name: 'Detail of made' })).toBeTruthy();
});

it('makes one from an image, and not over what has its name', async () => {
  fake.exists = true;
  const { user } = showSandboxes();
  await user.click(await screen.findByRole('button', { name: 'New sandbox…' }));
  const dialog = await screen.findByRole('dialog', { name: 'New sandbox' });
  await user.click(within(dialog).getByRole('radio', { name: 'Image or archive' }));
  await user.click(within(dialog).getByLabelText('Image'));
  await user.paste('/images/tool.sif');
  expect(await within(dialog).findByText(/Something of this name is there already/)).toBeTruthy();
  const submit = within(dialog).getByRole('button', { name: 'Make sandbox' }) as HTMLButtonElement;
  expect(submit.disabled).toBe(true);
  expect(within(dialog).getByText('Two device nodes are left out.')).toBeTruthy();
  fake.exists = false;
  await user.clear(within(dialog).getByLabelText('Name'));
  await user.type(within(dialog).getByLabelText('Name'), 'mine');
  await waitFor(() => expect(submit.disabled).toBe(false));
  await user.click(submit);
  await waitFor(() =>
    expect(fake.asked).toHaveBeenCalledWith(
      'import',
      expect.objectContaining({ path: '/images/tool.sif', fileName: 'mine', form: 'sandbox' }),
    ),
  );
});

it('is walked through by keys, from the filter into the list and to the detail', async () => {
  const { user } = showSandboxes();
  await user.click(await screen.findByLabelText('Filter by name, base, path'));
  await user.keyboard('{ArrowDown}{Home}{Enter}');
  expect(await screen.findByRole('complementary', { name: 'Detail of tool' })).toBeTruthy();
  await user.keyboard('{ArrowDown}{Enter}');
  expect(await screen.findByRole('complementary', { name: /^Detail of old/ })).toBeTruthy();
});

it('shows the sandbox that another page asks for', async () => {
  sandboxesStore.setState({ filter: 'nothing has this' });
  act(() => openSandbox(sampleHost.id, strangeSandbox.path));
  showSandboxes();
  expect(await screen.findByRole('complementary', { name: /^Detail of old/ })).toBeTruthy();
});
