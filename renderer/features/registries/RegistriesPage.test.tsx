// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#renderer/commands/registry.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { sampleReport } from '#renderer/testing/samples.ts';
import { applySettings, fake, rowNamed, showRegistries } from './fakeRegistries.tsx';
import { askSignIn } from './registriesState.ts';
import { sampleRepository } from './sampleRegistries.ts';

describe('the list of registries', () => {
  it('asks nothing of a registry before it is opened', async () => {
    const { user } = showRegistries();
    expect(screen.getByText('Choose a registry')).toBeTruthy();
    screen.getByRole('button', { name: /Docker Hub/ }).focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(document.activeElement?.textContent).toContain('Lab registry');
    expect(fake.asked).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    await rowNamed(/demo\/tiny/);
    expect(fake.asked).toHaveBeenCalledWith('repositories', '', null);
  });

  it('moves a registry with Alt and an arrow key', async () => {
    const { user } = showRegistries();
    screen.getByRole('button', { name: /Docker Hub/ }).focus();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() =>
      expect(settingsStore.getState().settings?.registries.map(({ id }) => id)).toEqual([
        'lab',
        'hub',
        'ghcr',
        'cvmfs',
      ]),
    );
  });

  it('says what the place is for when there is none', async () => {
    applySettings({ registries: [] });
    showRegistries();
    expect(screen.getByText('No registries yet')).toBeTruthy();
  });

  it('names what is forgotten before it removes a registry', async () => {
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Lab registry/ }));
    await act(() => runCommand('registries.remove'));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('mirror.lab.example.org:5000/cache');
    await user.click(within(dialog).getByRole('button', { name: 'Remove registry' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: /Lab registry/ })).toBeNull());
  });
});

describe('adding a registry', () => {
  it('shows what an address is, with evidence, before it is added', async () => {
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Add registry/ }));
    await user.type(await screen.findByLabelText('Name or address'), 'harbor.example.org{Enter}');
    expect(await screen.findByText('Its API says Harbor 2.11.')).toBeTruthy();
    const label = screen.getByLabelText('Name in the list');
    await user.clear(label);
    await user.type(label, 'Our Harbor');
    await user.type(screen.getByLabelText('Mirror'), 'cache.example.org:5000{Enter}');
    await user.type(screen.getByLabelText('Mirror'), 'https://second.example.org{Enter}');
    await user.click(screen.getByRole('button', { name: 'Move https://second.example.org up' }));
    await user.click(screen.getByRole('button', { name: 'Add registry' }));
    await waitFor(() =>
      expect(settingsStore.getState().settings?.registries.at(-1)).toMatchObject({
        kind: 'harbor',
        address: 'harbor.example.org',
        label: 'Our Harbor',
        mirrors: ['https://second.example.org', 'cache.example.org:5000'],
      }),
    );
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('can be filled in by hand where nothing answers', async () => {
    fake.refusal = sampleReport({ title: 'No machine has this name.' });
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Add registry/ }));
    await user.type(await screen.findByLabelText('Name or address'), 'away.example.org{Enter}');
    expect(await screen.findByText('No machine has this name.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Enter it by hand' }));
    await user.click(screen.getByRole('button', { name: 'Add registry' }));
    await waitFor(() =>
      expect(settingsStore.getState().settings?.registries.at(-1)?.address).toBe('away.example.org'),
    );
  });

  it('offers well-known ones in one click', async () => {
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Add registry/ }));
    expect(await screen.findByRole('button', { name: 'Add Quay' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Add Docker Hub' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Add Quay' }));
    await waitFor(() => expect(settingsStore.getState().settings?.registries.at(-1)?.kind).toBe('quay'));
  });
});

describe('looking for an image', () => {
  it('asks Docker Hub nothing before there is a term, and then once', async () => {
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Docker Hub/ }));
    expect(screen.getByText('Search to see something')).toBeTruthy();
    expect(screen.getByText(/Never run against the live service/)).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Search Docker Hub' }), 'python{Enter}');
    await rowNamed(/demo\/python/);
    expect(fake.asked.mock.calls).toEqual([['repositories', 'python', null]]);
  });

  it('leads from a typed name straight to the tags where a registry neither lists nor searches', async () => {
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /GitHub Packages/ }));
    await user.type(screen.getByRole('textbox', { name: /Type a name/ }), 'lab/tool:1{Enter}');
    await rowNamed(/3\.12/);
    expect(fake.asked).toHaveBeenCalledWith('tags', 'lab/tool');
    expect(fake.asked).toHaveBeenCalledWith('show', 'docker://ghcr.io/lab/tool:1', null);
  });

  it('says when nothing was found, and what a cut list leaves out', async () => {
    fake.repositories = [];
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Lab registry/ }));
    expect(await screen.findByText('Nothing here')).toBeTruthy();
    fake.repositories = [sampleRepository('demo/\u202etxt')];
    const note = 'Only the first 50000 are listed. Search for more.';
    fake.endNote = note;
    await act(() => runCommand('registries.refresh'));
    expect(await screen.findByText(note)).toBeTruthy();
    expect(screen.getByText('demo/\\u202etxt')).toBeTruthy();
  });

  it('leads from a refusal to signing in, and asks again after it', async () => {
    fake.refusal = sampleReport({
      title: 'The registry wants to know who you are.',
      action: { kind: 'signIn', registry: 'registry.lab.example.org:5000' },
    });
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Lab registry/ }));
    const notice = await screen.findByRole('alert');
    await user.click(within(notice).getByRole('button', { name: 'Sign in…' }));
    const dialog = await screen.findByRole('dialog');
    expect((await within(dialog).findByText(/no secret service answers/)).textContent).toContain('keychain');
    expect(within(dialog).getByRole('radio', { name: 'in the keychain' }).hasAttribute('disabled')).toBe(
      true,
    );
    await user.type(within(dialog).getByLabelText('User name'), 'alice');
    await user.type(within(dialog).getByLabelText('Password or token'), 'wrong{Enter}');
    expect(await within(dialog).findByText('The registry refused these credentials.')).toBeTruthy();
    fake.refusal = null;
    await user.clear(within(dialog).getByLabelText('Password or token'));
    await user.type(within(dialog).getByLabelText('Password or token'), 'right{Enter}');
    await rowNamed(/demo\/python/);
    expect(fake.signedIn).toHaveBeenCalledWith({
      registry: 'registry.lab.example.org:5000',
      credentials: { userName: 'alice', password: 'right' },
      allowHttp: false,
      keep: 'session',
    });
  });

  it('walks a tree by its folders and back', async () => {
    fake.repositories = [
      sampleRepository('bio/', { kind: 'folder' }),
      sampleRepository('tool.sif', { kind: 'image', reference: '/cvmfs/images.example.org/tool.sif' }),
    ];
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Unpacked images/ }));
    await user.click(await rowNamed(/bio/));
    await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('repositories', '', 'bio/'));
    expect(document.activeElement?.getAttribute('role')).toBe('grid');
    await rowNamed(/tool\.sif/);
    await user.keyboard('{Backspace}');
    await rowNamed(/tool\.sif/);
    await user.keyboard('{End}{Enter}');
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith('show', '/cvmfs/images.example.org/tool.sif', null),
    );
  });

  it('tells who one is there, how much is left, and what is wrong', async () => {
    const { user } = showRegistries();
    await user.click(screen.getByRole('button', { name: /Docker Hub/ }));
    const line = await screen.findByRole('button', { name: /^Not signed in/, expanded: false });
    expect(screen.getAllByText(/87 of 100 requests left in 6 h/)).toHaveLength(1);
    await user.click(line);
    expect(screen.getAllByText(/87 of 100 requests left in 6 h/)).toHaveLength(2);
    expect(screen.getAllByText('The helper pass does not answer.')[0]).toBeTruthy();
    expect(screen.getByText('Apptainer would ask without credentials.')).toBeTruthy();
  });
});

it('asks for credentials of any registry, wherever an error says so', async () => {
  showRegistries();
  act(() => askSignIn('elsewhere.example.org'));
  expect(await screen.findByRole('dialog', { name: 'Sign in to elsewhere.example.org' })).toBeTruthy();
});
