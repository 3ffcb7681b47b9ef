import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId as hostId } from '#core/contract/ids.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { startKeyserver } from './keyserver.fixture.ts';
import {
  createKey,
  createTrustFixture,
  failsWith,
  never,
  passphrase,
  type TrustFixture,
} from './trust.fixture.ts';

/** Keys stay on the server: each run has names of its own. */
const alices = `Alice ${randomUUID()}`;
const carols = `Carol ${randomUUID()}`;

/** None where parts are missing. */
let alice: TrustFixture;
let bob: TrustFixture;
/** Of Alice's key. */
let fingerprint: string;
let url: string;

beforeEach((context) => {
  const reason = whyMissing('keyserver', 'apptainer', 'tiny');
  if (reason !== null) context.skip(reason);
});
beforeAll(async () => {
  if (whyMissing('keyserver', 'apptainer', 'tiny') !== null) return;
  alice = createTrustFixture();
  bob = createTrustFixture();
  fingerprint = await createKey(alice, alices, passphrase);
  await alice.sign(alice.image('signed.sif'), fingerprint, passphrase);
  url = `http://${testbed().keyserver}`;
});
afterAll(() => {
  alice?.dispose();
  bob?.dispose();
});

/** Signed by Alice. */
const image = () => hostPathFromText(join(alice.folder, 'signed.sif'));

/** The runtime itself, by a person with key rings of their own. */
function apptainerKey(folder: string, ...args: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  return execFileSync('apptainer', ['key', ...args], {
    env: { ...process.env, APPTAINER_KEYSDIR: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('what we send the runtime itself finds and fetches', async () => {
  await alice.trust.keys.push({ hostId, fingerprint }, url);
  const carol = join(bob.folder, 'carol');
  expect(apptainerKey(carol, 'search', '--long-list', '--url', url, alices)).toContain(fingerprint);
  apptainerKey(carol, 'pull', '--url', url, fingerprint);
  expect(apptainerKey(carol, 'list')).toContain(fingerprint);
});

test('what the runtime itself sends we find and fetch', async () => {
  const carol = join(bob.folder, 'sender');
  mkdirSync(carol);
  apptainerKey(carol, 'newpair', '--name', carols, '--email', 'carol@example.org', '--comment', 'x', '--password', '', '--bit-length', '2048', '--push=false'); // biome-ignore format: one command line
  const sent = /[0-9A-F]{40}/.exec(apptainerKey(carol, 'list'))?.[0] ?? '';
  apptainerKey(carol, 'push', '--url', url, sent);
  expect(await bob.trust.keys.search(hostId, url, carols)).toMatchObject([
    { fingerprint: sent, algorithm: 'RSA', bits: 2048, expiresAt: null },
  ]);
  await bob.trust.keys.fetch({ hostId, fingerprint: sent }, url, never());
  expect((await bob.trust.keys.list(hostId)).keys).toMatchObject([
    { fingerprint: sent, privateHalf: 'none', origin: { how: 'fetched', from: url } },
  ]);
  await bob.trust.keys.remove({ hostId, fingerprint: sent }, 'public');
});

test('a signature by an unknown key: verified with the keyserver, or after the key was fetched', async () => {
  await alice.trust.keys.push({ hostId, fingerprint }, url);
  expect(await bob.verify(image())).toMatchObject({
    verdict: 'unknownKey',
    text: expect.stringContaining('fetch the key'),
    signatures: [{ fingerprint, keyLocation: null }],
  });
  expect(await bob.verify(image(), { type: 'keyserver', url })).toMatchObject({
    verdict: 'valid',
    signatures: [{ keyLocation: 'downloaded' }],
  });
  await bob.trust.keys.fetch({ hostId, fingerprint }, url, never());
  expect(await bob.verify(image())).toMatchObject({
    verdict: 'valid',
    signatures: [{ keyLocation: 'local', keyOrigin: { how: 'fetched', from: url } }],
  });
});

test('where none is named that of the settings is asked, and without one that of the runtime', async () => {
  const dora = createTrustFixture({ keyserver: url });
  const eric = createTrustFixture();
  try {
    await alice.trust.keys.push({ hostId, fingerprint }, url);
    expect(await dora.trust.keys.search(hostId, null, alices)).toMatchObject([{ fingerprint }]);
    expect(await dora.verify(image(), { type: 'keyserver', url: null })).toMatchObject({ verdict: 'valid' });
    // As "apptainer keyserver add" leaves it; the runtime would ask keys.openpgp.org without it.
    const remotes = `Active: mine\nRemotes:\n  mine:\n    URI: 127.0.0.1\n    System: false\n    Exclusive: false\n    Keyservers:\n      - URI: ${url}\n        Skip: false\n        External: true\n        Insecure: true\n`;
    mkdirSync(join(eric.folder, 'home/.apptainer'), { recursive: true });
    writeFileSync(join(eric.folder, 'home/.apptainer/remote.yaml'), remotes, { mode: 0o600 });
    await eric.trust.keys.fetch({ hostId, fingerprint }, null, never());
    expect((await eric.trust.keys.list(hostId)).keys).toMatchObject([
      { fingerprint, origin: { how: 'fetched', from: null } },
    ]);
    expect(await eric.verify(image())).toMatchObject({ verdict: 'valid' });
  } finally {
    dora.dispose();
    eric.dispose();
  }
});

test('a key that it has not, and no server', async () => {
  expect(await alice.trust.keys.search(hostId, url, randomUUID())).toEqual([]);
  const none = '0123456789'.repeat(4);
  await expect(bob.trust.keys.fetch({ hostId, fingerprint: none }, url, never())).rejects.toEqual(
    failsWith('trust.keyUnknown'),
  );
  await expect(alice.trust.keys.search(hostId, 'http://127.0.0.1:1', 'alice')).rejects.toEqual(
    failsWith('trust.keyserver'),
  );
});

test('a server (a stand-in) that sends another key than the one that was asked for: it stays outside', async () => {
  const server = await startKeyserver();
  try {
    await alice.trust.keys.push({ hostId, fingerprint }, server.url);
    const before = (await bob.trust.keys.list(hostId)).keys;
    const other = `0000${fingerprint.slice(4)}`;
    await expect(bob.trust.keys.fetch({ hostId, fingerprint: other }, server.url, never())).rejects.toEqual(
      failsWith('trust.keyUnknown'),
    );
    expect((await bob.trust.keys.list(hostId)).keys).toEqual(before);
  } finally {
    server.close();
  }
});
