// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { takeAction } from '#renderer/state/actionRequest.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { sampleHost, sampleReport, sampleSshHost, sampleTask } from '#renderer/testing/samples.ts';
import { fake, showWorkspaces } from './fakeWorkspaces.tsx';
import {
  sampleAdoptPlan,
  sampleMoment,
  samplePackPlan,
  sampleSyncPlan,
  sampleWorkspace,
} from './sampleWorkspaces.ts';

const writer = { user: 'bob', node: 'node7', processId: 12, since: sampleMoment, what: 'apptainer shell' };

async function choose(name: string) {
  const shown = showWorkspaces();
  await shown.user.click(await screen.findByRole('row', { name: new RegExp(`^${name}`) }));
  return { ...shown, detail: await screen.findByRole('complementary', { name }) };
}

async function openDialog(command: string, role: 'dialog' | 'alertdialog' = 'dialog') {
  await act(() => runCommand(command));
  return await screen.findByRole(role);
}

describe('the list', () => {
  it('shows size, files, software and what is open, and counts them', async () => {
    fake.workspaces = [sampleWorkspace('md', { writers: [{ ...writer, isAlive: true }] })];
    showWorkspaces();
    const row = await screen.findByRole('row', { name: /^md/ });
    expect(row.textContent).toContain('4.8 GB');
    expect(row.textContent).toContain('103,412');
    expect(row.textContent).toContain('Spack, Python venv');
    expect(row.textContent).toContain('1 open');
    expect(screen.getByText('1 on local, 4.8 GB')).toBeTruthy();
  });

  it('is walked by arrow keys with the detail behind, and sorted by a press on a head', async () => {
    const { user } = await choose('md');
    screen.getByRole('grid').focus();
    await user.keyboard('{ArrowDown}');
    expect(await screen.findByRole('complementary', { name: 'env' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Name' }));
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
  });

  it('explains itself when there is nothing yet', async () => {
    fake.workspaces = [];
    showWorkspaces();
    expect(await screen.findByText(/every container sees as \/home\/mysingularity/)).toBeTruthy();
    // Once, where it is explained.
    expect(screen.getByRole('button', { name: 'New workspace…' })).toBeTruthy();
  });

  it('tells broken folders and leaves them alone', async () => {
    fake.broken = [{ folder: hostPathFromText('/home/alice/workspaces/x'), reason: 'It has no manifest.' }];
    showWorkspaces();
    expect(await screen.findByText(/1 folder is no workspace/)).toBeTruthy();
    expect(screen.getByText('It has no manifest.')).toBeTruthy();
  });

  it('says why it cannot be read, and reads again', async () => {
    fake.listRefusal = sampleReport({ title: 'The folder cannot be read.' });
    const { user } = showWorkspaces();
    expect(await screen.findByText('The folder cannot be read.')).toBeTruthy();
    fake.listRefusal = null;
    await user.click(screen.getByRole('button', { name: 'Read again' }));
    expect(await screen.findByRole('row', { name: /^md/ })).toBeTruthy();
  });

  it('shows work in its row, what is being made as a row, and reads again when it has ended', async () => {
    showWorkspaces();
    await screen.findByRole('row', { name: /^md/ });
    const work = sampleTask({ state: 'queued' }, { kind: 'workspace.create', title: 'fresh' });
    act(() => tasksStore.setState({ tasks: [work] }));
    expect((await screen.findByRole('row', { name: /^fresh/ })).textContent).toContain('Making');
    fake.workspaces = [...fake.workspaces, sampleWorkspace('fresh', { modifiedAt: 9 })];
    act(() => tasksStore.setState({ tasks: [{ ...work, status: { state: 'cancelled' } }] }));
    await waitFor(() => expect(screen.getByRole('row', { name: /^fresh/ }).textContent).toContain('4.8 GB'));
  });

  it('offers to connect a host that is away', () => {
    const away = sampleSshHost({ connection: { state: 'disconnected', since: 0, reason: null } });
    hostsStore.setState({ hosts: [sampleHost, away], currentId: away.id });
    showWorkspaces();
    expect(screen.getByText('hydra is not connected')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Connect' })).toBeTruthy();
  });
});

describe('the detail', () => {
  it('tells facts, software, who has it open, and why the path is the same', async () => {
    fake.workspaces = [
      sampleWorkspace('md', {
        writers: [
          { ...writer, isAlive: false },
          { ...writer, processId: 13, isAlive: null },
        ],
      }),
    ];
    const { detail } = await choose('md');
    expect(detail.textContent).toContain('/home/mysingularity');
    expect(detail.textContent).toContain('amd64, glibc 2.36');
    expect(detail.textContent).toContain('214 packages');
    expect(detail.textContent).toContain('ended');
    expect(detail.textContent).toContain('not known');
    expect(within(detail).getByRole('heading', { name: 'Why the path is always the same' })).toBeTruthy();
  });

  it('says how its files lie, and unpacks what lies packed', async () => {
    const layered = { file: hostPathFromText('packed.sif'), digest: `sha256:${'0'.repeat(64)}` };
    fake.workspaces = [sampleWorkspace('md', { layered, below: 'packed' })];
    const { user, detail } = await choose('md');
    expect(detail.textContent).toContain('Packed: one file below');
    await user.click(within(detail).getByRole('button', { name: 'Unpack' }));
    const { hostId, id } = sampleWorkspace('md');
    await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('unpack', { hostId, id }));
    const work = sampleTask({ state: 'queued' }, { kind: 'workspace.unpackBelow', title: 'md' });
    act(() => tasksStore.setState({ tasks: [work] }));
    expect(detail.textContent).toContain('Being unpacked');
    expect(within(detail).queryByRole('button', { name: 'Unpack' })).toBeNull();
    fake.workspaces = [sampleWorkspace('md', { layered, below: 'files' })];
    act(() => tasksStore.setState({ tasks: [{ ...work, status: { state: 'cancelled' } }] }));
    await waitFor(() => expect(detail.textContent).toContain('Unpacked: plain files below'));
  });

  it('goes back to a snapshot, and says that the present is kept', async () => {
    const { user, detail } = await choose('md');
    await user.click(within(detail).getByRole('tab', { name: /Snapshots/ }));
    await user.click(within(detail).getByRole('button', { name: 'Go back to “Before the new compiler”' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('kept as a snapshot of its own');
    await user.click(within(dialog).getByRole('button', { name: 'Go back' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'restore',
        expect.objectContaining({ snapshotId: 'snapshot-0001', isForced: false }),
      ),
    );
  });

  it('says why the last work failed', async () => {
    const { detail } = await choose('md');
    const failed = sampleTask(
      { state: 'failed', error: sampleReport({ title: 'The disk is full.' }) },
      {
        kind: 'workspace.snapshot',
        title: sampleWorkspace('md').id,
        id: taskIdSchema.parse('33333333-aaaa'),
      },
    );
    act(() => tasksStore.setState({ tasks: [failed] }));
    expect(await within(detail).findByText('The disk is full.')).toBeTruthy();
  });

  it('is renamed and described', async () => {
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.edit');
    await user.type(within(dialog).getByLabelText('Description'), 'Membranes');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect((await screen.findByRole('complementary')).textContent).toContain('Membranes');
  });
});

describe('making and opening', () => {
  it('checks the name, and keeps what was typed when core refuses', async () => {
    const { user } = showWorkspaces();
    await user.click(await screen.findByRole('button', { name: 'New workspace…' }));
    const dialog = await screen.findByRole('dialog');
    const submit = within(dialog).getByRole('button', { name: 'Create workspace' });
    await user.click(submit);
    expect(within(dialog).getByText('What shall it be called?')).toBeTruthy();
    const name = within(dialog).getByLabelText<HTMLInputElement>('Name');
    await user.type(name, 'md');
    expect(within(dialog).getByText('local has a workspace of this name.')).toBeTruthy();
    expect(fake.asked).not.toHaveBeenCalled();
    await user.type(name, '2');
    fake.refusal = sampleReport({ title: 'The disk is full.' });
    await user.click(submit);
    expect(await within(dialog).findByText('The disk is full.')).toBeTruthy();
    expect(name.value).toBe('md2');
    fake.refusal = null;
    await user.click(submit);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.asked).toHaveBeenLastCalledWith(
      'create',
      expect.objectContaining({ name: 'md2', from: { kind: 'empty' }, imagePath: null }),
    );
  });

  it('forks under a name that is free', async () => {
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.fork');
    expect(within(dialog).getByLabelText<HTMLInputElement>('Name').value).toBe('md-2');
    await user.click(within(dialog).getByRole('button', { name: 'Fork workspace' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'create',
        expect.objectContaining({ from: { kind: 'workspace', id: sampleWorkspace('md').id } }),
      ),
    );
  });

  it('hands the image and the workspace to the run dialog of the images page', async () => {
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.shell');
    await user.click(within(dialog).getByRole('button', { name: 'Continue…' }));
    expect(layoutStore.getState().page).toBe('images');
    expect(takeAction()).toEqual({
      hostId: 'local',
      path: '/images/debian-12.sif',
      verb: 'shell',
      workspace: sampleWorkspace('md').id,
    });
  });
});

describe('deleting', () => {
  it('wants the name typed, says that snapshots go too, and a word more while it is open', async () => {
    fake.workspaces = [sampleWorkspace('md', { writers: [{ ...writer, isAlive: true }] })];
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.remove', 'alertdialog');
    expect(dialog.textContent).toContain('Its snapshot goes with it.');
    expect(dialog.textContent).toContain('bob@node7');
    const confirm = within(dialog).getByRole('button', { name: 'Delete workspace' });
    expect(confirm.hasAttribute('disabled')).toBe(true);
    await user.click(within(dialog).getByRole('checkbox'));
    await user.click(confirm);
    expect(within(dialog).getByText('This is not its name.')).toBeTruthy();
    await user.type(within(dialog).getByLabelText('Its name'), 'md');
    await user.click(confirm);
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith('remove', expect.objectContaining({ isForced: true })),
    );
  });
});

describe('handing over', () => {
  it('packs without secrets, but for those that are ticked', async () => {
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.pack');
    const secrets = await within(dialog).findByRole('region', { name: 'Secrets' });
    expect(within(secrets).getAllByText('left out')).toHaveLength(2);
    await user.click(within(secrets).getByRole('checkbox', { name: 'Include ./.netrc' }));
    expect(within(secrets).getByText('included')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Pack' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'pack',
        expect.objectContaining({
          fileName: 'md.sif',
          folder: '/images',
          confirmed: ['./.netrc'],
          compression: null,
          overwrite: false,
        }),
      ),
    );
  });

  it('replaces a packed file only when told so', async () => {
    fake.packPlan = samplePackPlan({ strays: [], exists: { sizeBytes: 1e9 } });
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.pack');
    expect(await within(dialog).findByText(/There is a file of that name already/)).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Pack' }).hasAttribute('disabled')).toBe(true);
    await user.click(within(dialog).getByRole('checkbox', { name: 'Replace it' }));
    await user.click(within(dialog).getByRole('button', { name: 'Pack and replace' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith('pack', expect.objectContaining({ overwrite: true })),
    );
  });

  it('adopts a file: what would come, how and why is said before', async () => {
    const { user } = showWorkspaces();
    await user.click(await screen.findByRole('button', { name: 'Adopt…' }));
    const dialog = await screen.findByRole('dialog');
    const path = within(dialog).getByLabelText('Packed workspace or image');
    await user.clear(path);
    await user.type(path, '/images/tools.sif');
    expect(within(dialog).getByLabelText<HTMLInputElement>('Name').value).toBe('tools');
    expect(await within(dialog).findByText(/mount the packed file below/)).toBeTruthy();
    expect(within(dialog).getByText('1.3 GB needed, 52.0 GB free')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Adopt' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'adopt',
        expect.objectContaining({
          hostId: 'local',
          from: { kind: 'file', hostId: 'local', path: '/images/tools.sif' },
          name: 'tools',
          form: null,
        }),
      ),
    );
  });

  it('does not push where there is no room', async () => {
    fake.adoptPlan = sampleAdoptPlan({ neededBytes: 9e12 });
    await choose('md');
    const dialog = await openDialog('workspaces.push');
    expect(await within(dialog).findByText(/9.0 TB are needed/)).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Push' }).hasAttribute('disabled')).toBe(true);
  });
});

it('opens a workspace in its image, wherever that lies now', async () => {
  fake.imageNow = hostPathFromText('/scratch/moved.sif');
  const { user } = await choose('env');
  const dialog = await openDialog('workspaces.shell');
  const image = within(dialog).getByLabelText<HTMLInputElement>('In which image');
  await waitFor(() => expect(image.value).toBe('/scratch/moved.sif'));
  await user.click(within(dialog).getByRole('button', { name: 'Continue…' }));
  expect(takeAction()).toMatchObject({ path: '/scratch/moved.sif' });
});

describe('syncing', () => {
  const copy = sampleWorkspace('md', { hostId: sampleSshHost().id });

  it('looks first, and does nothing to conflicts for which no side was chosen', async () => {
    fake.there = [copy];
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.sync');
    const look = await within(dialog).findByRole('button', { name: 'See what would happen' });
    await waitFor(() => expect(look.hasAttribute('disabled')).toBe(false));
    await user.click(look);
    const there = await within(dialog).findByRole('region', { name: 'To hydra' });
    expect(there.textContent).toContain('./bin/solve');
    expect(within(dialog).getByRole('region', { name: 'To local' }).textContent).toContain('removed');
    const conflicts = within(dialog).getByRole('region', { name: 'Changed on both sides' });
    expect(conflicts.textContent).toContain('1 conflict stays open');
    await user.click(within(conflicts).getByRole('button', { name: 'All from hydra' }));
    expect(conflicts.textContent).toContain('0 conflicts stay open');
    await user.click(within(dialog).getByRole('button', { name: 'Sync' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'sync',
        expect.objectContaining({
          direction: 'both',
          other: { hostId: 'hydra', id: copy.id },
          resolutions: [{ path: './config/solver.toml', keep: 'there' }],
        }),
      ),
    );
  });

  it('sends a secret only where it was ticked', async () => {
    fake.there = [copy];
    const path = hostPathFromText('./.netrc');
    const secret = { detail: 'Tokens', sizeBytes: 40, isLeftOut: true };
    fake.syncPlan = sampleSyncPlan({
      toOther: [],
      toHere: [],
      conflicts: [],
      secrets: [{ ...secret, path, from: 'here' }],
    });
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.sync');
    const look = await within(dialog).findByRole('button', { name: 'See what would happen' });
    await waitFor(() => expect(look.hasAttribute('disabled')).toBe(false));
    await user.click(look);
    const secrets = await within(dialog).findByRole('region', { name: 'Secrets' });
    expect(secrets.textContent).toContain('On local: Tokens');
    const sync = within(dialog).getByRole('button', { name: 'Sync' });
    expect(sync.hasAttribute('disabled')).toBe(true);
    await user.click(within(secrets).getByRole('checkbox', { name: 'Include ./.netrc' }));
    await user.click(sync);
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith('sync', expect.objectContaining({ confirmed: [path] })),
    );
  });

  it('offers to push where there is no copy', async () => {
    fake.there = [];
    const { user } = await choose('md');
    const dialog = await openDialog('workspaces.sync');
    await user.click(await within(dialog).findByRole('button', { name: 'Push it there…' }));
    expect(await screen.findByRole('dialog', { name: 'Push md to a host' })).toBeTruthy();
  });
});
