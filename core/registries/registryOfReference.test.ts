import { describe, expect, it } from 'vitest';
import { registryIdSchema } from '#core/contract/ids.ts';
import { type RegistrySettings, registrySettingsSchema } from '#core/contract/registryList.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { placeOfReference, registryOfId } from './registryOfReference.ts';

const registry = (entry: Partial<RegistrySettings> & Pick<RegistrySettings, 'kind' | 'address'>) =>
  registrySettingsSchema.parse({ id: entry.address, label: entry.address, ...entry });
const list = [
  registry({ kind: 'oci', address: '127.0.0.1:5000', label: 'Ours' }),
  registry({ kind: 'harbor', address: 'harbor.example.org' }),
  registry({ kind: 'library', address: 'https://library.example.org' }),
  registry({ kind: 'folder', address: '/cvmfs/unpacked' }),
  registry({ kind: 'web', address: 'https://images.example.org/sif/' }),
  registry({ kind: 'web', address: 'https://files.example.org/a/one.sif', label: 'One file' }),
  registry({
    kind: 's3',
    address: 'https://s3.example.org',
    s3: { bucket: 'lab-images', region: '', style: 'path', prefix: '' },
  }),
];
const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'no failure';
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.report.code : String(thrown);
  }
};

describe('the place of a reference', () => {
  it.each([
    ['docker://127.0.0.1:5000/demo/tiny:v1', 'oci', '127.0.0.1:5000', 'demo/tiny', 'v1'],
    ['oras://harbor.example.org/lab/x:2', 'harbor', 'harbor.example.org', 'lab/x', '2'],
    ['docker://alpine', 'docker-hub', 'index.docker.io', 'library/alpine', 'latest'],
    ['docker://ghcr.io/a/b:c', 'ghcr', 'ghcr.io', 'a/b', 'c'],
    ['library://lab/default/x:1', 'library', 'https://library.example.org', 'lab/default/x', '1'],
    ['library://other.org/a/b/c', 'library', 'https://other.org', 'a/b/c', 'latest'],
    ['shub://vsoch/hello', 'shub', 'https://singularity-hub.org', 'vsoch/hello', 'latest'],
    ['s3://lab-images/site/tiny.sif', 's3', 'https://s3.example.org', 'site/tiny.sif', null],
    ['https://images.example.org/sif/a/b.sif', 'web', 'https://images.example.org/sif/', 'a/b.sif', null],
    ['https://files.example.org/a/one.sif', 'web', 'https://files.example.org/a/one.sif', 'one.sif', null],
    ['https://files.example.org/a/one.sif.asc', 'web', 'https://files.example.org/a/', 'one.sif.asc', null],
    ['https://elsewhere.org/x/y.sif', 'web', 'https://elsewhere.org/x/', 'y.sif', null],
    ['/cvmfs/unpacked/library/alpine:3', 'folder', '/cvmfs/unpacked', 'library/alpine:3', null],
  ])('%s', (text, kind, address, repository, tag) => {
    const place = placeOfReference(text, list);
    expect(place.registry).toMatchObject({ kind, address });
    expect(place.request).toEqual({ repository, tag, digest: null });
  });

  it.each([
    ['s3://unknown-bucket/x.sif', 'registry.unknown'],
    ['/etc/passwd', 'input.invalid'],
    ['ipfs://x', 'registry.unsupportedScheme'],
    ['docker://A:b:c', 'registry.badReference'],
  ])('%s fails with %s', (text, code) => {
    expect(codeOf(() => placeOfReference(text, list))).toBe(code);
  });

  it('needs a library for a reference without a host', () => {
    expect(codeOf(() => placeOfReference('library://alpine', []))).toBe('registry.noLibrary');
  });
});

describe('the registry of an id', () => {
  it('is that of the list, or made up for a host', () => {
    expect(registryOfId(registryIdSchema.parse('127.0.0.1:5000'), list).label).toBe('Ours');
    expect(registryOfId(registryIdSchema.parse('oci:127.0.0.1:5000'), list).label).toBe('Ours');
    expect(registryOfId(registryIdSchema.parse('oci:quay.io'), list).kind).toBe('quay');
    expect(codeOf(() => registryOfId(registryIdSchema.parse('gone'), list))).toBe('registry.unknown');
  });
});
