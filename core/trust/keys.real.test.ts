import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localHostId as hostId } from '#core/contract/ids.ts';
import {
  createKey,
  createTrustFixture,
  failsWith,
  never,
  passphrase,
  type TrustFixture,
  textOf,
} from './trust.fixture.ts';

let alice: TrustFixture;
let bob: TrustFixture;
/** Alice's key. */
let fingerprint: string;

beforeAll(async () => {
  alice = createTrustFixture();
  bob = createTrustFixture();
  fingerprint = await createKey(alice, 'Alice', passphrase);
});
afterAll(() => {
  alice.dispose();
  bob.dispose();
});

test('a new key is listed with all that is known of it; its passphrase was on no command line', async () => {
  const { keys, folder } = await alice.trust.keys.list(hostId);
  expect(keys).toEqual([
    expect.objectContaining({
      fingerprint,
      userIds: [expect.stringContaining('<alice@example.org>')],
      expiresAt: null,
      state: 'usable',
      algorithm: 'RSA 2048',
      ring: 'local',
      privateHalf: 'protected',
      hasPublicHalf: true,
      origin: expect.objectContaining({ how: 'created', from: null }),
    }),
  ]);
  expect(textOf(folder)).toBe(join(alice.folder, 'home/.apptainer/keys'));
  expect(alice.started.join('\n')).toContain('newpair');
  expect(alice.started.join('\n')).not.toContain(passphrase);
});

test('a key taken out leaves the private halves of the others as they are', async () => {
  const first = await createKey(bob, 'First', 'first secret');
  const second = await createKey(bob, 'Second', null);
  await bob.trust.keys.remove({ hostId, fingerprint: first }, 'both');
  const { keys, folder } = await bob.trust.keys.list(hostId);
  expect(keys.map((key) => [key.fingerprint, key.privateHalf])).toEqual([[second, 'open']]);
  expect(statSync(join(textOf(folder), 'pgp-secret')).mode & 0o777).toBe(0o600);
  const image = bob.image('second.sif');
  await bob.sign(image, second, '');
  expect(await bob.verify(image)).toMatchObject({ verdict: 'valid' });
  await expect(bob.trust.keys.remove({ hostId, fingerprint: first }, 'both')).rejects.toEqual(
    failsWith('trust.keyUnknown'),
  );
  await bob.trust.keys.remove({ hostId, fingerprint: second }, 'both');
});

test('a private key is carried to another ring with its passphrase, and not without', async () => {
  const ask = (secret: string | null) => alice.trust.keys.export({ hostId, fingerprint }, 'private', secret);
  await expect(ask(null)).rejects.toEqual(failsWith('trust.wrongPassphrase'));
  await expect(ask('wrong')).rejects.toEqual(failsWith('trust.wrongPassphrase'));
  const armored = await ask(passphrase);
  expect((await readPrivateKey({ armoredKey: armored })).keyPacket.isDecrypted()).toBe(false);
  const give = (secret: string) =>
    bob.trust.keys.import({ hostId, text: armored, from: 'alice.asc', passphrase: secret }, never());
  await expect(give('wrong')).rejects.toEqual(failsWith('trust.wrongPassphrase'));
  expect(await give(passphrase)).toEqual({ imported: [fingerprint], known: [] });
  expect(await give(passphrase)).toEqual({ imported: [], known: [fingerprint] });
  const { keys } = await bob.trust.keys.list(hostId);
  expect(keys).toMatchObject([
    { fingerprint, privateHalf: 'protected', origin: { how: 'imported', from: 'alice.asc' } },
  ]);
  await bob.trust.keys.remove({ hostId, fingerprint }, 'both');
});

test('what is no key is said to be none', async () => {
  const give = bob.trust.keys.import({ hostId, text: 'hello', from: 'x.asc', passphrase: null }, never());
  await expect(give).rejects.toEqual(failsWith('trust.noKey'));
});
