// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { sampleHost, sampleReport, sampleSshHost } from '#renderer/testing/samples.ts';
import { fake, showKeys } from './fakeTrust.tsx';
import { bobsKey, offeredKey, sampleKey } from './sampleTrust.ts';

const groups = '2E2C 91AF 03D1 B6C4 A8E6 F110 5B0C 77AA 9D3E 4F12';

async function choose(name: RegExp) {
  const shown = showKeys();
  await shown.user.click(await screen.findByRole('button', { name }));
  return shown;
}

describe('the list of keys', () => {
  it('shows names, whole fingerprints in groups of four, and what cannot be used', async () => {
    showKeys();
    const alice = await screen.findByRole('button', { name: /Alice Example/ });
    expect(alice.textContent).toContain(groups);
    expect(alice.textContent).toContain('private');
    expect(screen.getByRole('button', { name: /Bob Builder/ }).textContent).toContain('expired');
    expect(screen.getByText('2 keys on local')).toBeTruthy();
  });

  it('is filtered by name and by digits with spaces', async () => {
    const { user } = showKeys();
    const filter = await screen.findByRole('textbox', { name: /Filter/ });
    await user.type(filter, 'f110 5b0c 77aa');
    await waitFor(() => expect(screen.queryByRole('button', { name: /Bob Builder/ })).toBeNull());
    await user.type(filter, 'zz');
    expect(screen.getByText('No key matches this filter.')).toBeTruthy();
  });

  it('is walked through with the arrow keys, and the detail follows', async () => {
    const { user } = await choose(/Alice Example/);
    const detail = screen.getByRole('complementary');
    expect(detail.textContent).toContain('compare the fingerprint with its owner');
    expect(detail.textContent).toContain('kept by a passphrase');
    await user.keyboard('{ArrowDown}');
    expect((await screen.findByRole('complementary', { name: /Bob/ })).textContent).toContain(
      'fetched from https://keys.example.org',
    );
  });

  it('says what the place is for when there is none', async () => {
    fake.keys = [];
    showKeys();
    expect(await screen.findByText('No keys yet')).toBeTruthy();
  });

  it('offers to connect a host that is away', () => {
    const away = sampleSshHost({ connection: { state: 'disconnected', since: 0, reason: null } });
    hostsStore.setState({ hosts: [sampleHost, away], currentId: away.id });
    showKeys();
    expect(screen.getByText('hydra is not connected')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Connect' })).toBeTruthy();
  });
});

describe('creating a key', () => {
  it('wants names and the passphrase twice, and says how good it is', async () => {
    const { user } = showKeys();
    await user.click(await screen.findByRole('button', { name: 'Create key…' }));
    const dialog = await screen.findByRole('dialog');
    const submit = within(dialog).getByRole('button', { name: 'Create key' });
    await user.click(submit);
    expect(within(dialog).getByText('Whose key is it?')).toBeTruthy();
    await user.type(within(dialog).getByLabelText('Name'), 'Alice Example');
    await user.type(within(dialog).getByLabelText('Email address'), 'alice@example.org');
    await user.type(within(dialog).getByLabelText('Passphrase'), 'short');
    expect(within(dialog).getByText('weak')).toBeTruthy();
    await user.type(within(dialog).getByLabelText('Passphrase again'), 'shirt');
    expect(within(dialog).getByText('The two are not the same.')).toBeTruthy();
    await user.click(submit);
    expect(fake.asked).not.toHaveBeenCalled();
    await user.clear(within(dialog).getByLabelText('Passphrase again'));
    await user.type(within(dialog).getByLabelText('Passphrase again'), 'short');
    await user.click(submit);
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'create',
        expect.objectContaining({ name: 'Alice Example', passphrase: 'short', bits: 4096 }),
      ),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('keeps what was typed when core refuses', async () => {
    const { user } = showKeys();
    await user.click(await screen.findByRole('button', { name: 'Create key…' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Name'), 'Alice');
    await user.type(within(dialog).getByLabelText('Email address'), 'alice@example.org');
    await user.click(within(dialog).getByRole('checkbox', { name: 'Without a passphrase' }));
    fake.refusal = sampleReport({ title: 'The disk is full.' });
    await user.click(within(dialog).getByRole('button', { name: 'Create key' }));
    expect(await within(dialog).findByText('The disk is full.')).toBeTruthy();
    expect(within(dialog).getByLabelText<HTMLInputElement>('Name').value).toBe('Alice');
  });
});

describe('keys in and out', () => {
  it('are imported from a text, and a private one asks for its passphrase', async () => {
    const { user } = showKeys();
    await user.click(await screen.findByRole('button', { name: 'Import keys…' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).queryByLabelText('Passphrase of the private half')).toBeNull();
    await user.click(within(dialog).getByLabelText('Armored keys'));
    await user.paste('-----BEGIN PGP PRIVATE KEY BLOCK-----\n');
    await user.type(within(dialog).getByLabelText('Passphrase of the private half'), 'secret');
    await user.click(within(dialog).getByRole('button', { name: 'Import' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'import',
        expect.objectContaining({ from: null, passphrase: 'secret' }),
      ),
    );
  });

  it('are exported: the public half is shown', async () => {
    const { user } = await choose(/Alice Example/);
    await user.click(await screen.findByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Export' }));
    expect(await within(dialog).findByText(/BEGIN PGP PUBLIC KEY/)).toBeTruthy();
    expect(fake.asked).toHaveBeenCalledWith('export', expect.objectContaining({ half: 'public' }));
  });

  it('are exported: the private half only with its passphrase, and never shown', async () => {
    const { user } = await choose(/Alice Example/);
    await user.click(await screen.findByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('radio', { name: 'With the private half' }));
    const save = within(dialog).getByRole('button', { name: 'Save as a file' });
    expect(save.hasAttribute('disabled')).toBe(true);
    await user.type(within(dialog).getByLabelText('Passphrase'), 'secret');
    await user.click(save);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.asked).toHaveBeenCalledWith(
      'export',
      expect.objectContaining({ half: 'private', passphrase: 'secret' }),
    );
  });

  it('are found on a keyserver and fetched, with the warning that nobody is checked', async () => {
    const { user } = showKeys();
    await user.click(await screen.findByRole('button', { name: 'Search a keyserver…' }));
    const dialog = await screen.findByRole('dialog');
    const address = within(dialog).getByLabelText('Keyserver');
    await user.clear(address);
    await user.type(address, 'ftp://keys');
    expect(within(dialog).getByText(/begins with https/)).toBeTruthy();
    await user.clear(address);
    await user.type(address, 'http://127.0.0.1:11371');
    await user.type(within(dialog).getByLabelText(/Name, address or fingerprint/), 'carol{Enter}');
    expect(await within(dialog).findByText(/A keyserver checks nobody/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: /Fetch the key C4A8/ }));
    expect(await within(dialog).findByText('here already')).toBeTruthy();
    expect(fake.asked).toHaveBeenCalledWith('fetch', {
      hostId: 'local',
      url: 'http://127.0.0.1:11371',
      fingerprint: offeredKey.fingerprint,
    });
  });
});

describe('removing a key', () => {
  it('of others needs one press, and says what it means', async () => {
    const { user } = await choose(/Bob Builder/);
    await act(() => runCommand('trust.remove'));
    const dialog = await screen.findByRole('alertdialog', { name: /Bob Builder/ });
    expect(dialog.textContent).toContain('can then not be verified on local');
    await user.click(within(dialog).getByRole('button', { name: 'Remove the public half' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: /Bob Builder/ })).toBeNull());
  });

  it('with its private half explains the loss, and wants the digits typed', async () => {
    const { user } = await choose(/Alice Example/);
    await act(() => runCommand('trust.remove'));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('lost for good');
    const confirm = within(dialog).getByRole('button', { name: 'Remove both halves' });
    await user.click(confirm);
    expect(within(dialog).getByText('These are not the digits.')).toBeTruthy();
    expect(fake.asked).not.toHaveBeenCalled();
    await user.type(within(dialog).getByLabelText('Last eight digits'), '9d3e 4f12');
    await user.click(confirm);
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith('remove', {
        hostId: 'local',
        fingerprint: sampleKey().fingerprint,
        half: 'both',
      }),
    );
  });

  it('is not offered for the administrator’s ring', async () => {
    fake.keys = [{ ...bobsKey, ring: 'global' }];
    await choose(/Bob Builder/);
    const detail = screen.getByRole('complementary');
    expect(within(detail).getByRole('button', { name: 'Remove…' }).hasAttribute('disabled')).toBe(true);
  });
});
