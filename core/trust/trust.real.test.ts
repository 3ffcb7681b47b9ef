import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { generateKey, readKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HostPath, hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { EncryptInput } from '#core/contract/trust.ts';
import { startKeyserver, type TestKeyserver } from './keyserver.fixture.ts';
import { createTrustFixture, never, type TrustFixture } from './trust.fixture.ts';

const hostId = localHostId;
const passphrase = 'only for the test';
const failsWith = (code: string) => expect.objectContaining({ report: expect.objectContaining({ code }) });

let alice: TrustFixture;
let bob: TrustFixture;
let server: TestKeyserver;
/** Alice's key. */
let fingerprint: string;
/** Signed by Alice. */
let signed: HostPath;

const create = ({ trust }: TrustFixture, name: string, secret: string | null) =>
  trust.keys.create(
    { hostId, name, email: `${name.toLowerCase()}@example.org`, comment: '', passphrase: secret, bits: 2048 },
    never(),
  );
const publicKey = () => alice.trust.keys.export({ hostId, fingerprint }, 'public', null);
const text = (path: HostPath) => hostPathToText(path) ?? '';

/** Writes one other byte into a file. */
function change(path: HostPath, at: number): void {
  const file = openSync(text(path), 'r+');
  const byte = readFileSync(text(path))[at] ?? 0;
  writeSync(file, Uint8Array.of(byte ^ 0xff), 0, 1, at);
  closeSync(file);
}

beforeAll(async () => {
  alice = createTrustFixture();
  bob = createTrustFixture();
  server = await startKeyserver();
  fingerprint = await create(alice, 'Alice', passphrase);
  signed = alice.image('signed.sif');
  await alice.sign(signed, fingerprint, passphrase);
});
afterAll(() => {
  server.close();
  alice.dispose();
  bob.dispose();
});

describe('keys', () => {
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
    expect(text(folder)).toBe(join(alice.folder, 'home/.apptainer/keys'));
    expect(alice.started.join('\n')).toContain('newpair');
    expect(alice.started.join('\n')).not.toContain(passphrase);
  });

  test('a key taken out leaves the private halves of the others as they are', async () => {
    const first = await create(bob, 'First', 'first secret');
    const second = await create(bob, 'Second', null);
    await bob.trust.keys.remove({ hostId, fingerprint: first }, 'both');
    const { keys, folder } = await bob.trust.keys.list(hostId);
    expect(keys.map((key) => [key.fingerprint, key.privateHalf])).toEqual([[second, 'open']]);
    expect(statSync(join(text(folder), 'pgp-secret')).mode & 0o777).toBe(0o600);
    const image = bob.image('second.sif');
    await bob.sign(image, second, '');
    expect(await bob.verify(image)).toMatchObject({ verdict: 'valid' });
    await expect(bob.trust.keys.remove({ hostId, fingerprint: first }, 'both')).rejects.toEqual(
      failsWith('trust.keyUnknown'),
    );
    await bob.trust.keys.remove({ hostId, fingerprint: second }, 'both');
  });

  test('a private key is carried to another ring with its passphrase, and not without', async () => {
    const ask = (secret: string | null) =>
      alice.trust.keys.export({ hostId, fingerprint }, 'private', secret);
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

  test('keys go to a keyserver, are found there and fetched', async () => {
    const { url } = server;
    await alice.trust.keys.push({ hostId, fingerprint }, url);
    expect(await bob.trust.keys.search(hostId, url, 'alice')).toMatchObject([
      { fingerprint, algorithm: 'RSA', bits: 2048, userIds: [expect.stringContaining('alice@example.org')] },
    ]);
    expect(await bob.trust.keys.search(hostId, url, 'nobody')).toEqual([]);
    const downloaded = await bob.verify(signed, { type: 'keyserver', url });
    expect(downloaded).toMatchObject({ verdict: 'valid', signatures: [{ keyLocation: 'downloaded' }] });
    await bob.trust.keys.fetch({ hostId, fingerprint }, url, never());
    expect((await bob.trust.keys.list(hostId)).keys).toMatchObject([
      { fingerprint, privateHalf: 'none', origin: { how: 'fetched', from: url } },
    ]);
    await bob.trust.keys.remove({ hostId, fingerprint }, 'public');
    const other = `0000${fingerprint.slice(4)}`;
    // The server sends Alice's key for it, and that must not come into the ring.
    await expect(bob.trust.keys.fetch({ hostId, fingerprint: other }, url, never())).rejects.toEqual(
      failsWith('trust.keyUnknown'),
    );
    expect((await bob.trust.keys.list(hostId)).keys).toEqual([]);
    await expect(bob.trust.keys.search(hostId, 'http://127.0.0.1:1', 'alice')).rejects.toEqual(
      failsWith('trust.keyserver'),
    );
  });
});

describe('signatures', () => {
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
    change(image, 600_000);
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
        copyFileSync(text(signed), text(image));
        change(image, at);
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
      { hostId, text: await publicKey(), from: 'a.asc', passphrase: null },
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
    const before = readFileSync(text(image));
    await expect(alice.sign(image, fingerprint, 'wrong')).rejects.toEqual(failsWith('trust.wrongPassphrase'));
    await expect(alice.sign(image, '0'.repeat(40), 'x')).rejects.toEqual(failsWith('trust.keyUnknown'));
    expect(readFileSync(text(image)).equals(before)).toBe(true);
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
    execFileSync('apptainer', ['sif', 'add', '--datatype', '7', '--groupid', '2', text(image), data]);
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
    change(single, 600_000);
    expect(await alice.verify(single)).toMatchObject({ verdict: 'tampered' });
    await expect(alice.sign(single, fingerprint, passphrase, { type: 'objects', ids: [40] })).rejects.toEqual(
      failsWith('trust.cannotSign'),
    );
  });

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
    execFileSync('apptainer', ['sign', '--keyidx', '0', text(image)], {
      env: { ...process.env, HOME: join(bob.folder, 'home') },
      input: 'old secret\n',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    expect(await bob.verify(image)).toMatchObject({
      verdict: 'expired',
      signatures: [
        { state: 'expired', fingerprint: expired, reason: expect.stringContaining('key expired') },
      ],
    });
    await bob.trust.keys.remove({ hostId, fingerprint: expired }, 'both');
  });

  test('a second signature by a key that nobody knows does not hide the first', async () => {
    const other = await create(bob, 'Other', null);
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
});

describe('encryption', () => {
  const encrypt = (input: Partial<EncryptInput> & Pick<EncryptInput, 'path' | 'target' | 'with'>) =>
    alice.trust.definition.run(
      { hostId, overwrite: false, ...input },
      {
        id: taskIdSchema.parse('task-encrypt'),
        signal: never(),
        report: () => undefined,
        log: () => undefined,
        resumeFrom: 0,
        isAdopted: false,
      },
    );
  const inside = (image: HostPath, env: Record<string, string>) =>
    execFileSync('apptainer', ['exec', text(image), 'echo', 'inside'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });

  test('with a passphrase, which is on no command line; it runs with it', async () => {
    const plain = alice.image('plain.sif');
    const target = hostPathFromText(join(alice.folder, 'secret.sif'));
    expect(await alice.trust.encryptionOf(hostId, plain)).toMatchObject({ kind: 'none' });
    const key = { type: 'passphrase' as const, passphrase: 'sesame open' };
    expect(await encrypt({ path: plain, target, with: key })).toMatchObject({ path: target });
    expect(await alice.trust.encryptionOf(hostId, target)).toMatchObject({
      kind: 'gocryptfs',
      opens: 'passphrase',
      runsHere: { isPossible: true },
    });
    expect(inside(target, { APPTAINER_ENCRYPTION_PASSPHRASE: 'sesame open' })).toBe('inside\n');
    expect(alice.started.join('\n')).not.toContain('sesame');
    expect(readdirSync(alice.folder).filter((name) => name.startsWith('.'))).toEqual([]);
    await expect(encrypt({ path: plain, target, with: key })).rejects.toEqual(
      failsWith('image.targetExists'),
    );
    const again = hostPathFromText(join(alice.folder, 'again.sif'));
    await expect(encrypt({ path: target, target: again, with: key })).rejects.toEqual(
      failsWith('trust.cannotEncrypt'),
    );
  });

  test('with a PEM key', async () => {
    const openssl = (...args: readonly string[]) =>
      execFileSync('openssl', [...args], { cwd: alice.folder, stdio: 'ignore' });
    openssl('genrsa', '-traditional', '-out', 'rsa.pem', '2048');
    openssl('rsa', '-in', 'rsa.pem', '-RSAPublicKey_out', '-out', 'rsa.pub');
    const target = hostPathFromText(join(alice.folder, 'pem-secret.sif'));
    const path = alice.image('plain-pem.sif');
    const key = { type: 'pem' as const, path: hostPathFromText(join(alice.folder, 'rsa.pub')) };
    await encrypt({ path, target, with: key });
    expect(await alice.trust.encryptionOf(hostId, target)).toMatchObject({ kind: 'gocryptfs', opens: 'pem' });
    expect(inside(target, { APPTAINER_ENCRYPTION_PEM_PATH: join(alice.folder, 'rsa.pem') })).toBe('inside\n');
    const wrong = { type: 'pem' as const, path: hostPathFromText(join(alice.folder, 'data.txt')) };
    const failing = hostPathFromText(join(alice.folder, 'failing.sif'));
    await expect(encrypt({ path, target: failing, with: wrong })).rejects.toEqual(
      expect.objectContaining({ report: expect.anything() }),
    );
    expect(readdirSync(alice.folder)).not.toContain('failing.sif');
  });
});
