import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId as hostId, hostIdSchema } from '#core/contract/ids.ts';
import {
  changeByte,
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
/** Signed by Alice. */
let signed: HostPath;

beforeAll(async () => {
  alice = createTrustFixture();
  bob = createTrustFixture();
  fingerprint = await createKey(alice, 'Alice', passphrase);
  signed = alice.image('signed.sif');
  await alice.sign(signed, fingerprint, passphrase);
});
afterAll(() => {
  alice.dispose();
  bob.dispose();
});

test('a signed image is valid, with what is covered and by whom; remembered until the file changes', async () => {
  const image = alice.image('remembered.sif');
  await alice.sign(image, fingerprint, passphrase);
  const answer = await alice.verify(image);
  expect(answer).toMatchObject({
    verdict: 'valid',
    text: expect.stringContaining('not whose key that is'),
    signatures: [
      {
        id: 4,
        group: 1,
        kind: 'pgp',
        state: 'valid',
        fingerprint,
        keyLocation: 'local',
        keyOrigin: { how: 'created' },
        covers: [{ id: 1, type: 'Def.FILE' }, { id: 2 }, { id: 3, type: 'FS (Squashfs/*System/amd64)' }],
      },
    ],
    notCovered: [],
  });
  expect(await alice.trust.known(hostId, [image])).toEqual([answer]);
  const { mtimeMs, size } = statSync(textOf(image));
  expect(await alice.trust.verdicts(hostId)).toEqual([
    {
      hostId,
      path: image,
      modifiedAt: mtimeMs,
      sizeBytes: size,
      verdict: 'valid',
      signers: [expect.stringContaining('<alice@example.org>')],
      verifiedAt: answer.verifiedAt,
    },
  ]);
  expect(await alice.trust.verdicts(hostIdSchema.parse('cluster'))).toEqual([]);
  changeByte(image, 600_000);
  expect(await alice.trust.known(hostId, [image])).toEqual([]);
  expect(await alice.verify(image)).toMatchObject({
    verdict: 'tampered',
    signatures: [{ state: 'tampered', reason: expect.stringContaining('3') }],
  });
});

test('a byte of the launch line, a descriptor, the definition, the signature', async () => {
  const changes = [
    [10, 'tampered'],
    [4096 + 75, 'tampered'],
    [32_200, 'tampered'],
    [1_085_900, 'invalid'],
  ] as const;
  const verdicts = await Promise.all(
    changes.map(async ([at]) => {
      const image = hostPathFromText(join(alice.folder, `changed-${at}.sif`));
      copyFileSync(textOf(signed), textOf(image));
      changeByte(image, at);
      return [at, (await alice.verify(image)).verdict];
    }),
  );
  expect(verdicts).toEqual(changes);
});

test('nobody else knows the key, until it is imported', async () => {
  expect(await bob.verify(signed)).toMatchObject({
    verdict: 'unknownKey',
    signatures: [{ state: 'unknownKey', fingerprint, userId: null, keyLocation: null }],
  });
  await bob.trust.keys.import(
    {
      hostId,
      text: await alice.trust.keys.export({ hostId, fingerprint }, 'public', null),
      from: 'a.asc',
      passphrase: null,
    },
    never(),
  );
  expect(await bob.verify(signed)).toMatchObject({
    verdict: 'valid',
    signatures: [{ keyLocation: 'local', keyOrigin: { how: 'imported', from: 'a.asc' } }],
  });
  await bob.trust.keys.remove({ hostId, fingerprint }, 'public');
});

test('an unsigned image, and a wrong passphrase that leaves it so', async () => {
  const image = alice.image('unsigned.sif');
  const before = readFileSync(textOf(image));
  await expect(alice.sign(image, fingerprint, 'wrong')).rejects.toEqual(failsWith('trust.wrongPassphrase'));
  await expect(alice.sign(image, '0'.repeat(40), 'x')).rejects.toEqual(failsWith('trust.keyUnknown'));
  expect(readFileSync(textOf(image)).equals(before)).toBe(true);
  expect(await alice.verify(image)).toMatchObject({
    verdict: 'unsigned',
    signatures: [],
    notCovered: [{ id: 1 }, { id: 2 }, { id: 3 }],
  });
});

test('of two groups one is signed, then both; an object alone', async () => {
  const image = alice.image('groups.sif');
  const data = join(alice.folder, 'data.txt');
  writeFileSync(data, 'measured\n');
  execFileSync('apptainer', ['sif', 'add', '--datatype', '7', '--groupid', '2', textOf(image), data]);
  await alice.sign(image, fingerprint, passphrase, { type: 'group', id: 1 });
  expect(await alice.verify(image)).toMatchObject({
    verdict: 'partial',
    text: expect.stringContaining('No signature covers: 4 Generic/Raw'),
    signatures: [{ group: 1, state: 'valid' }],
    notCovered: [{ id: 4, type: 'Generic/Raw' }],
  });
  await alice.sign(image, fingerprint, passphrase, { type: 'group', id: 2 });
  expect(await alice.verify(image)).toMatchObject({
    verdict: 'valid',
    signatures: [{ group: 1 }, { group: 2, covers: [{ id: 4 }] }],
    notCovered: [],
  });
  const single = alice.image('single.sif');
  await alice.sign(single, fingerprint, passphrase, { type: 'objects', ids: [3] });
  expect(await alice.verify(single)).toMatchObject({
    verdict: 'partial',
    signatures: [{ state: 'valid', fingerprint, covers: [{ id: 3 }] }],
    notCovered: [{ id: 1 }, { id: 2 }],
  });
  changeByte(single, 600_000);
  expect(await alice.verify(single)).toMatchObject({ verdict: 'tampered' });
  await expect(alice.sign(single, fingerprint, passphrase, { type: 'objects', ids: [40] })).rejects.toEqual(
    failsWith('trust.cannotSign'),
  );
});

test('a second signature by a key that nobody knows does not hide the first', async () => {
  const other = await createKey(bob, 'Other', null);
  const image = bob.image('two.sif');
  await bob.sign(image, other, '');
  await bob.trust.keys.import(
    {
      hostId,
      text: await alice.trust.keys.export({ hostId, fingerprint }, 'private', passphrase),
      from: null,
      passphrase,
    },
    never(),
  );
  await bob.sign(image, fingerprint, passphrase);
  expect(await bob.verify(image)).toMatchObject({ verdict: 'valid', signatures: [{}, { fingerprint }] });
  await bob.trust.keys.remove({ hostId, fingerprint }, 'both');
  expect(await bob.verify(image)).toMatchObject({
    verdict: 'unknownKey',
    signatures: [
      { state: 'valid', fingerprint: other },
      { state: 'unknownKey', fingerprint },
    ],
  });
  expect(await alice.verify(image)).toMatchObject({
    verdict: 'unknownKey',
    signatures: [{ state: 'unknownKey' }, { state: 'notChecked', fingerprint }],
  });
});

test('PEM keys: with the key, with another, without', async () => {
  const file = (name: string) => join(alice.folder, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', [...args], { cwd: alice.folder, stdio: 'ignore' });
  for (const name of ['mine', 'other']) {
    openssl('genpkey', '-algorithm', 'ed25519', '-out', `${name}.pem`);
    openssl('pkey', '-in', `${name}.pem`, '-pubout', '-out', `${name}.pub`);
  }
  openssl('req', '-x509', '-key', 'mine.pem', '-subj', '/CN=lab', '-days', '2', '-out', 'mine.crt');
  const image = alice.image('pem.sif');
  const key = { type: 'pem' as const, path: hostPathFromText(file('mine.pem')) };
  await alice.trust.sign({ hostId, path: image, key, what: { type: 'all' } }, never());
  const pem = (name: string) => ({ type: 'pem' as const, path: hostPathFromText(file(name)) });
  const certificate = hostPathFromText(file('mine.crt'));
  expect(await alice.verify(image, pem('mine.pub'))).toMatchObject({
    verdict: 'valid',
    signatures: [{ kind: 'pem', keyLocation: 'file', fingerprint: null, covers: [{}, {}, {}] }],
  });
  expect(
    await alice.verify(image, { type: 'certificate', path: certificate, roots: certificate }),
  ).toMatchObject({ verdict: 'valid' });
  expect(await alice.verify(image, pem('other.pub'))).toMatchObject({ verdict: 'invalid' });
  expect(await alice.verify(image)).toMatchObject({ verdict: 'needsKey' });
});
