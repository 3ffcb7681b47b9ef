import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { enums, generateKey, readKey, readPrivateKey, revokeKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localHostId as hostId } from '#core/contract/ids.ts';
import { createTrustFixture, failsWith, never, type TrustFixture, textOf } from './trust.fixture.ts';

let bob: TrustFixture;

beforeAll(() => {
  bob = createTrustFixture();
});
afterAll(() => bob.dispose());

test('an expired key signs nothing here; what it signed elsewhere is said to be expired', async () => {
  const old = await generateKey({
    type: 'rsa',
    rsaBits: 2048,
    userIDs: [{ name: 'Old', email: 'old@example.org' }],
    date: new Date('2020-01-01'),
    keyExpirationTime: 86_400,
    passphrase: 'old secret',
    format: 'armored',
  });
  const secret = { hostId, text: old.privateKey, from: null, passphrase: 'old secret' };
  const { imported } = await bob.trust.keys.import(secret, never());
  const expired = imported[0] ?? '';
  expect(expired).toBe((await readKey({ armoredKey: old.publicKey })).getFingerprint().toUpperCase());
  expect((await bob.trust.keys.list(hostId)).keys).toMatchObject([
    { state: 'expired', expiresAt: Date.parse('2020-01-02') },
  ]);
  const image = bob.image('expired.sif');
  await expect(bob.sign(image, expired, 'old secret')).rejects.toEqual(failsWith('trust.keyUnusable'));
  // The runtime itself signs with it.
  execFileSync('apptainer', ['sign', '--keyidx', '0', textOf(image)], {
    env: { ...process.env, HOME: join(bob.folder, 'home') },
    input: 'old secret\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  expect(await bob.verify(image)).toMatchObject({
    verdict: 'expired',
    text: expect.stringContaining('expired on 2020-01-02'),
    signatures: [{ state: 'expired', fingerprint: expired, reason: expect.stringContaining('key expired') }],
  });
  await bob.trust.keys.remove({ hostId, fingerprint: expired }, 'both');
});

test('a revoked key signs nothing; what it signed before is said to be by a revoked key', async () => {
  const eve = await generateKey({
    type: 'rsa',
    rsaBits: 2048,
    userIDs: [{ name: 'Eve', email: 'eve@example.org' }],
    date: new Date(Date.now() - 60_000),
    format: 'armored',
  });
  const give = (text: string) =>
    bob.trust.keys.import({ hostId, text, from: null, passphrase: null }, never());
  const { imported } = await give(eve.privateKey);
  const fingerprint = imported[0] ?? '';
  const image = bob.image('revoked.sif');
  await bob.sign(image, fingerprint, '');
  expect(await bob.verify(image)).toMatchObject({ verdict: 'valid' });
  const { publicKey, privateKey } = await revokeKey({
    key: await readPrivateKey({ armoredKey: eve.privateKey }),
    reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised },
    format: 'armored',
  });
  await bob.trust.keys.remove({ hostId, fingerprint }, 'both');
  await give(publicKey);
  await give(privateKey);
  expect((await bob.trust.keys.list(hostId)).keys).toMatchObject([{ fingerprint, state: 'revoked' }]);
  await expect(bob.sign(bob.image('again.sif'), fingerprint, '')).rejects.toEqual(
    failsWith('trust.keyUnusable'),
  );
  expect(await bob.verify(image)).toMatchObject({
    verdict: 'revoked',
    text: expect.stringContaining('revoked'),
    signatures: [{ state: 'revoked', fingerprint }],
  });
});
