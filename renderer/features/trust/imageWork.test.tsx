// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Image } from '#core/contract/images.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { sampleReport } from '#renderer/testing/samples.ts';
import { fake, showKeys } from './fakeTrust.tsx';
import { sampleImage, sampleKey, sampleSignature, sampleVerification } from './sampleTrust.ts';

async function open(kind: 'verify' | 'sign' | 'encrypt', image: Image = sampleImage()) {
  const shown = showKeys();
  act(() => openImageWork({ kind, image }));
  return { ...shown, dialog: await screen.findByRole('dialog') };
}

describe('verifying', () => {
  it('begins with the keys of the host alone, and says what a valid signature is not', async () => {
    const { dialog } = await open('verify');
    const result = within(dialog).getByRole('region', { name: 'Result' });
    expect(await within(result).findByText('verified')).toBeTruthy();
    expect(result.textContent).toContain('A valid signature is not trust.');
    expect(fake.asked.mock.calls).toEqual([['verify', { type: 'local' }]]);
    const signature = within(result).getByRole('list', { name: 'Signatures' });
    expect(signature.textContent).toContain('Alice Example (lab)');
    expect(signature.textContent).toContain('2E2C 91AF');
    expect(signature.textContent).toContain('your key ring, created here');
    expect(within(signature).getByRole('list', { name: 'Covers' }).textContent).toContain('Def.FILE');
  });

  it.each([
    ['tampered', 'tampered'],
    ['unsigned', 'unsigned'],
    ['partial', 'partly covered'],
    ['expired', 'key expired'],
    ['invalid', 'invalid'],
    ['needsKey', 'needs its key'],
    ['legacy', 'old signature'],
  ] as const)('says %s in a word', async (verdict, word) => {
    fake.verification = sampleVerification({
      verdict,
      signatures: verdict === 'unsigned' ? [] : [sampleSignature({ state: 'notChecked' })],
      notCovered: [{ id: 4, type: 'Generic/Raw', name: 'notes' }],
    });
    const { dialog } = await open('verify');
    expect(await within(dialog).findByText(word)).toBeTruthy();
    const holds = verdict === 'partial' || verdict === 'legacy';
    expect(within(dialog).queryByText('A valid signature is not trust.') !== null).toBe(holds);
    expect(within(dialog).queryByText('Not covered by any signature') !== null).toBe(verdict !== 'unsigned');
  });

  it('leads from an unknown key to the keyserver, without asking it', async () => {
    fake.verification = sampleVerification({
      verdict: 'unknownKey',
      signatures: [sampleSignature({ state: 'unknownKey', userId: null, keyLocation: null })],
    });
    const { user, dialog } = await open('verify');
    await user.click(await within(dialog).findByRole('button', { name: /Search its key/ }));
    const search = await screen.findByRole('dialog', { name: 'Search a keyserver' });
    expect(within(search).getByLabelText<HTMLInputElement>(/Name, address/).value).toContain('0x2E2C91AF');
    expect(fake.asked).not.toHaveBeenCalledWith('search', expect.anything());
  });

  it('takes a PEM key or a certificate from a file', async () => {
    const { user, dialog } = await open('verify');
    await within(dialog).findByText('verified');
    await user.click(within(dialog).getByRole('radio', { name: 'A PEM public key' }));
    await user.click(within(dialog).getByRole('button', { name: 'Verify again' }));
    expect(within(dialog).getByText('Choose a file.')).toBeTruthy();
    await user.type(within(dialog).getByLabelText('PEM public key'), '/keys/lab.pem');
    await user.click(within(dialog).getByRole('button', { name: 'Verify again' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenLastCalledWith('verify', { type: 'pem', path: '/keys/lab.pem' }),
    );
  });

  it('tells a failure in its place', async () => {
    fake.refusal = sampleReport({ title: 'The image cannot be read.' });
    const { dialog } = await open('verify');
    expect(await within(dialog).findByText('The image cannot be read.')).toBeTruthy();
  });
});

describe('signing', () => {
  it('says what will be covered and what not, and asks for the passphrase of the key', async () => {
    const { user, dialog } = await open('sign');
    const covered = await within(dialog).findByRole('list', { name: 'Will be covered' });
    expect(covered.textContent).toContain('FS (Squashfs');
    expect(within(dialog).getByRole('list', { name: 'Will not be covered' }).textContent).toContain(
      'Generic/Raw',
    );
    const submit = within(dialog).getByRole('button', { name: 'Sign' });
    const field = await within(dialog).findByLabelText('Passphrase of the key');
    await user.click(submit);
    expect(within(dialog).getByText('Type a passphrase.')).toBeTruthy();
    await user.type(field, 'secret');
    await user.click(submit);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.asked).toHaveBeenCalledWith('sign', {
      hostId: 'local',
      path: '/images/tool.sif',
      key: { type: 'ring', fingerprint: sampleKey().fingerprint, passphrase: 'secret' },
      what: { type: 'all' },
    });
  });

  it('of single objects wants at least one', async () => {
    const { user, dialog } = await open('sign');
    await user.type(await within(dialog).findByLabelText('Passphrase of the key'), 'secret');
    await user.click(await within(dialog).findByRole('radio', { name: 'Single objects' }));
    await user.click(within(dialog).getByRole('button', { name: 'Sign' }));
    expect(within(dialog).getByText('Choose at least one object.')).toBeTruthy();
    await user.click(within(dialog).getByRole('checkbox', { name: '4 Generic/Raw' }));
    await user.click(within(dialog).getByRole('button', { name: 'Sign' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'sign',
        expect.objectContaining({ what: { type: 'objects', ids: [4] } }),
      ),
    );
  });

  it('keeps the dialog after a wrong passphrase', async () => {
    const { user, dialog } = await open('sign');
    await user.type(await within(dialog).findByLabelText('Passphrase of the key'), 'wrong');
    fake.refusal = sampleReport({
      code: 'trust.wrongPassphrase',
      title: 'The passphrase does not open the key',
    });
    await user.click(within(dialog).getByRole('button', { name: 'Sign' }));
    expect(await within(dialog).findByText('The passphrase does not open the key')).toBeTruthy();
  });

  it('falls back to a PEM file where no key can sign, and leads to creating one', async () => {
    fake.keys = [];
    const { user, dialog } = await open('sign');
    await user.type(await within(dialog).findByLabelText('PEM private key'), '/keys/lab.pem');
    expect(within(dialog).getByRole('button', { name: 'Create key…' })).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Sign' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'sign',
        expect.objectContaining({ key: { type: 'pem', path: '/keys/lab.pem' } }),
      ),
    );
  });
});

describe('encrypting', () => {
  it('makes a second image, opened by a passphrase typed twice', async () => {
    const { user, dialog } = await open('encrypt');
    expect(within(dialog).getByLabelText<HTMLInputElement>('Encrypted image').value).toBe(
      '/images/tool-encrypted.sif',
    );
    await user.type(within(dialog).getByLabelText('Passphrase'), 'open sesame');
    await user.type(within(dialog).getByLabelText('Passphrase again'), 'open sesame');
    await user.click(within(dialog).getByRole('button', { name: 'Encrypt' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith('encrypt', {
        hostId: 'local',
        path: '/images/tool.sif',
        target: '/images/tool-encrypted.sif',
        overwrite: false,
        with: { type: 'passphrase', passphrase: 'open sesame' },
      }),
    );
  });

  it('overwrites only when that is said, after core found the target there', async () => {
    const { user, dialog } = await open('encrypt');
    await user.click(within(dialog).getByRole('radio', { name: 'PEM key' }));
    await user.type(within(dialog).getByLabelText('PEM public key'), '/keys/pub.pem');
    fake.refusal = sampleReport({ code: 'image.targetExists', title: 'It is there already.' });
    await user.click(within(dialog).getByRole('button', { name: 'Encrypt' }));
    await user.click(await within(dialog).findByRole('checkbox', { name: 'Overwrite it' }));
    fake.refusal = null;
    await user.click(within(dialog).getByRole('button', { name: 'Encrypt' }));
    await waitFor(() =>
      expect(fake.asked).toHaveBeenCalledWith(
        'encrypt',
        expect.objectContaining({ overwrite: true, with: { type: 'pem', path: '/keys/pub.pem' } }),
      ),
    );
  });

  it('says of an encrypted image how, what opens it, and where it runs', async () => {
    fake.encryption = {
      kind: 'gocryptfs',
      opens: 'passphrase',
      runsHere: { isPossible: false, text: 'Only Apptainer 1.3 or newer can open it.' },
      text: 'Its file system is encrypted with gocryptfs.',
    };
    const { dialog } = await open('encrypt');
    expect(await within(dialog).findByText(/encrypted with gocryptfs. Only Apptainer 1.3/)).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Encrypt' }).hasAttribute('disabled')).toBe(true);
  });
});
