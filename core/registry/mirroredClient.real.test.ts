import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { createRegistryClient } from './createRegistryClient.ts';
import { downloadToFile } from './download.ts';

const bed = testbed();
const { signal } = new AbortController();

function referenceOf(text: string): RegistryReference {
  const parsed = parseImageReference(text);
  if (!parsed.ok || !('registry' in parsed.reference)) throw new TypeError(text);
  return parsed.reference;
}

describe.skipIf(whyMissing('proxyRegistry') !== null)('a real pull-through cache', () => {
  it('gives the image that the registry itself has, after a mirror that is down', async () => {
    const reference = referenceOf(`docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`);
    const notices: string[] = [];
    const options = { registry: bed.registry, isHttpAllowed: false, credentials: null };
    const mirrors = ['127.0.0.1:9', bed.proxyRegistry];
    const client = createRegistryClient({ ...options, mirrors, onNotice: (text) => notices.push(text) });
    const mirrored = await client.resolve(reference, 'amd64', signal);
    const itself = await createRegistryClient(options).resolve(reference, 'amd64', signal);
    expect(mirrored).toEqual(itself);
    expect(notices).toEqual([
      `Mirror 127.0.0.1:9 did not answer: 127.0.0.1:9 refuses connections; asking Mirror ${bed.proxyRegistry}.`,
      `Mirror ${bed.proxyRegistry} gave ${reference.typed}: ${itself.digest}.`,
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'mirrored-'));
    try {
      for (const [index, blob] of mirrored.layers.entries()) {
        const { digest } = await downloadToFile({
          open: (offset, stop) => client.openBlob(reference.repository, blob, { offset, signal: stop }),
          partPath: join(folder, `${index}`),
          expected: blob,
          signal,
        });
        expect(digest).toBe(blob.digest);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(notices).toHaveLength(2);
  });
});
