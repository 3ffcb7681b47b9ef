import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import { copyTag, deleteManifest, planDelete } from './changeTags.ts';
import { acceptedManifests } from './manifest.ts';
import { RegistryRequests } from './registryRequests.ts';
import { failureOf } from './testing/failure.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
const requests = new RegistryRequests({ registry: bed.registry, isHttpAllowed: false, credentials: null });
let repository: string;

beforeEach(() => {
  repository = `change-tags-${randomBytes(5).toString('hex')}`;
});
afterEach(async () => {
  for (const tag of ['one', 'other']) {
    if ((await statusOf(tag)) !== 200) continue;
    const { digest } = await planDelete(requests, { repository, tagOrDigest: tag, signal });
    await deleteManifest(requests, { repository, digest, signal });
  }
});

async function statusOf(tag: string): Promise<number> {
  const url = `http://${bed.registry}/v2/${repository}/manifests/${tag}`;
  return (await fetch(url, { method: 'HEAD', headers: { accept: acceptedManifests } })).status;
}

/** A container image in the repository; answers with its reference. */
async function copyImage(tag: string): Promise<string> {
  const source = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
  const place = `docker://${bed.registry}/${repository}:${tag}`;
  await run('skopeo', ['copy', '--src-tls-verify=false', '--dest-tls-verify=false', source, place]);
  return place;
}

describe('tags', () => {
  it('are copied, and deleted with all that name the same', async () => {
    await run('apptainer', ['push', bed.tiny.sif, `oras://${bed.registry}/${repository}:v1`]);
    await copyImage('other');
    const { digest } = await planDelete(requests, { repository, tagOrDigest: 'v1', signal });
    const named = { repository, tagOrDigest: 'v1', signal };
    expect(await copyTag(requests, { ...named, tag: 'latest', overwrite: false })).toEqual({ digest });
    expect(await failureOf(copyTag(requests, { ...named, tag: 'other', overwrite: false }))).toMatchObject({
      code: 'registry.tagTaken',
    });
    const plan = await planDelete(requests, named);
    expect(plan).toMatchObject({ digest, tags: ['latest', 'v1'], areAllTagsKnown: true });
    expect(plan.sizeBytes).toBeGreaterThan(1_000_000);
    await deleteManifest(requests, { repository, digest: plan.digest, signal });
    expect(await statusOf('v1')).toBe(404);
    expect(await statusOf('latest')).toBe(404);
    expect(await statusOf('other')).toBe(200);
    expect(
      await failureOf(deleteManifest(requests, { repository, digest: plan.digest, signal })),
    ).toMatchObject({
      code: 'registry.notFound',
    });
  });

  it('of a container image are copied as they are', async () => {
    const place = await copyImage('one');
    const { stdout } = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', place]);
    const named = { repository, signal };
    const { digest } = await copyTag(requests, {
      ...named,
      tagOrDigest: 'one',
      tag: 'two',
      overwrite: false,
    });
    expect(digest).toBe(`sha256:${createHash('sha256').update(stdout).digest('hex')}`);
    expect((await planDelete(requests, { ...named, tagOrDigest: digest })).tags).toEqual(['one', 'two']);
  });
});
