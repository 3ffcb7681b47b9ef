import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { generateKey, readKey } from 'openpgp';
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
    signatures: [{ state: 'expired', fingerprint: expired, reason: expect.stringContaining('key expired') }],
  });
  await bob.trust.keys.remove({ hostId, fingerprint: expired }, 'both');
});
