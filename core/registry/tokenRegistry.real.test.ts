import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import { setTokenLife, testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { createRegistryClient } from './createRegistryClient.ts';
import { downloadToFile } from './download.ts';
import type { RegistryClient } from './registryClient.ts';
import { RegistryRequests } from './registryRequests.ts';
import type { CredentialsOnDemand, RegistryCredentials } from './registrySettings.ts';
import { failureOf } from './testing/failure.ts';

const run = promisify(execFile);
const missing = whyMissing('tokenRegistry', 'tiny', 'realistic');
const { tokenRegistry, tiny, realistic } = testbed();
const { address, server, userName, password, reader } = tokenRegistry;
const researcher: RegistryCredentials = { userName, password };
const { signal } = new AbortController();
let folder: string;

beforeEach(async ({ skip }) => {
  if (missing !== null) skip(missing);
  folder = await mkdtemp(join(tmpdir(), 'token-'));
  await setTokenLife(60);
});
afterEach(async () => {
  if (missing !== null) return;
  await setTokenLife(60);
  await rm(folder, { recursive: true });
});

function referenceOf(name: string): RegistryReference {
  const parsed = parseImageReference(`docker://${address}/${name}`);
  if (!parsed.ok || !('registry' in parsed.reference)) throw new TypeError(name);
  return parsed.reference;
}

function clientFor(credentials: RegistryCredentials | CredentialsOnDemand | null): RegistryClient {
  return createRegistryClient({ registry: address, isHttpAllowed: false, credentials });
}

const resolve = (name: string, credentials: RegistryCredentials | CredentialsOnDemand | null) =>
  clientFor(credentials).resolve(referenceOf(name), 'amd64', signal);

function requestsFor(credentials: RegistryCredentials | null): RegistryRequests {
  return new RegistryRequests({ registry: address, isHttpAllowed: false, credentials });
}

describe('a registry behind a token server', () => {
  it('gives everybody what is public, and asks to sign in for the rest', async () => {
    expect((await resolve(`public/tiny:${tiny.tag}`, null)).kind).toBe('image');
    expect(await failureOf(resolve(`${tiny.repository}:${tiny.tag}`, null))).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: false, registry: address },
      action: { kind: 'signIn', registry: address },
    });
  });

  it('gives those who signed in what they may read, as skopeo sees it', async () => {
    const text = `${tiny.repository}:${tiny.tag}`;
    const resolved = await resolve(text, researcher);
    const { stdout } = await run('skopeo', [
      ...['inspect', '--tls-verify=false', `--creds=${userName}:${password}`],
      `docker://${address}/${text}`,
    ]);
    expect(resolved.digest).toBe(JSON.parse(stdout).Digest);
    expect((await resolve(text, reader)).digest).toBe(resolved.digest);
  });

  it('refuses a wrong password, which is told and in no failure', async () => {
    const outcomes: string[] = [];
    const wrong: CredentialsOnDemand = {
      get: () => Promise.resolve({ userName, password: `${password}!` }),
      onOutcome: (outcome) => outcomes.push(outcome),
    };
    const failure = await failureOf(resolve(`${tiny.repository}:${tiny.tag}`, wrong));
    expect(failure).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: true, tokenServer: server },
    });
    expect(JSON.stringify(failure)).not.toContain(password);
    expect(outcomes).toEqual(['refused']);
  });

  it('takes an identity token in the place of a password', async () => {
    const answer = await fetch(`http://${server}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'password', username: userName, password, access_type: 'offline' },
        ...{ service: 'mysingularity-testbed', client_id: 'test' },
      }),
    });
    const { refresh_token: identity } = (await answer.json()) as { refresh_token: string };
    const token = { userName: '<token>', password: identity, isIdentityToken: true };
    expect((await resolve(`${tiny.repository}:${tiny.tag}`, token)).kind).toBe('image');
    const failure = await failureOf(
      resolve(`${tiny.repository}:${tiny.tag}`, { ...token, password: 'forged' }),
    );
    expect(failure.code).toBe('registry.unauthorized');
  });

  it('lets one push who may, and not one who may only read', async () => {
    const repository = `test/token-${process.pid}`;
    const begin = (credentials: RegistryCredentials) =>
      requestsFor(credentials).send(`${repository}/blobs/uploads/`, {
        repository,
        what: 'blob',
        headers: { 'content-length': '0' },
        signal,
        method: 'POST',
        scope: `repository:${repository}:pull,push`,
        expected: [202],
      });
    const failure = await failureOf(begin(reader));
    expect(failure).toMatchObject({
      code: 'registry.unauthorized',
      data: { repository, hasCredentials: true, status: 401 },
    });
    const begun = await begin(researcher);
    begun.discard();
    const cancelled = await requestsFor(researcher).send(begun.headers.get('location') ?? '', {
      repository,
      what: 'blob',
      headers: {},
      signal,
      method: 'DELETE',
      scope: `repository:${repository}:pull,push`,
      expected: [204],
    });
    cancelled.discard();
  });

  it('lists its catalog to those who may see it', async () => {
    const catalog = (credentials: RegistryCredentials) =>
      requestsFor(credentials).send('_catalog', {
        repository: '',
        what: '',
        headers: {},
        signal,
        method: 'GET',
        scope: 'registry:catalog:*',
        expected: [200],
      });
    const listed = await catalog(researcher);
    const text = Buffer.from(await listed.readAll(100_000)).toString();
    expect(JSON.parse(text).repositories).toContain('public/tiny');
    expect((await failureOf(catalog(reader))).code).toBe('registry.unauthorized');
  });
});

/** Resolves when the registry takes no token any more that was given until now. */
async function untilTokensEnded(): Promise<void> {
  const scope = `repository:public/tiny:pull`;
  const given = await fetch(`http://${server}/token?service=mysingularity-testbed&scope=${scope}`);
  const { token } = (await given.json()) as { token: string };
  const statusNow = async () =>
    (
      await fetch(`http://${address}/v2/public/tiny/tags/list`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;
  expect(await statusNow()).toBe(200);
  await expect.poll(statusNow, { timeout: 10_000, interval: 100 }).toBe(401);
}

describe('a token that ends in the middle', () => {
  const text = `${realistic.repository}:${realistic.tags[0]}`;

  async function download(client: RegistryClient, onProgress: (done: number, stop: AbortController) => void) {
    const { layers } = await client.resolve(referenceOf(text), 'amd64', signal);
    const blob = layers.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0];
    if (blob === undefined) throw new TypeError('no layer');
    const stop = new AbortController();
    return await downloadToFile({
      open: (offset, opened) => client.openBlob(realistic.repository, blob, { offset, signal: opened }),
      partPath: join(folder, 'blob.part'),
      expected: blob,
      signal: stop.signal,
      onProgress: ({ doneBytes }) => onProgress(doneBytes, stop),
    });
  }

  it('of many blobs is renewed as often as it takes', async () => {
    await setTokenLife(2);
    const client = clientFor(researcher);
    const { layers } = await client.resolve(referenceOf(text), 'amd64', signal);
    for (const [number, blob] of layers.entries()) {
      if (number === 2) await untilTokensEnded();
      const { digest } = await downloadToFile({
        open: (offset, opened) => client.openBlob(realistic.repository, blob, { offset, signal: opened }),
        partPath: join(folder, `${number}.part`),
        expected: blob,
        signal,
      });
      expect(digest).toBe(blob.digest);
    }
    // One at the beginning, one for the wait, one for the rest.
    expect(await setTokenLife(60)).toBeGreaterThanOrEqual(3);
  });

  it('of one big blob does not cut it, and its rest is fetched with a new one', async () => {
    await setTokenLife(2);
    const client = clientFor(researcher);
    let arrived = 0;
    const stopped = download(client, (done, stop) => {
      arrived = done;
      stop.abort(new Error('the line broke'));
    });
    await expect(stopped).rejects.toThrow('the line broke');
    expect(arrived).toBeGreaterThan(0);
    await untilTokensEnded();
    const { sizeBytes, fetchedBytes } = await download(client, () => undefined);
    expect(fetchedBytes).toBeLessThan(sizeBytes);
    // One at the beginning, one for the wait, one for the rest.
    expect(await setTokenLife(60)).toBeGreaterThanOrEqual(3);
  });
});
