import { describe, expect, it } from 'vitest';
import { baseOf, crumbsOf, parentOf, readTypedName, referenceBase, referenceOf } from './references.ts';

describe('referenceBase', () => {
  it('names a repository as its kind is pulled', () => {
    const at = (kind: Parameters<typeof referenceBase>[0]['kind'], address: string, name: string) =>
      referenceBase({ kind, address }, name);
    expect(at('docker-hub', 'index.docker.io', 'alpine')).toBe('docker://index.docker.io/library/alpine');
    expect(at('oci', '127.0.0.1:5057', 'demo/tiny')).toBe('docker://127.0.0.1:5057/demo/tiny');
    expect(at('library', 'https://library.example.org/', 'lab/default/tool')).toBe(
      'library://library.example.org/lab/default/tool',
    );
    expect(at('shub', 'https://singularity-hub.org', 'vsoch/hello')).toBe('shub://vsoch/hello');
    expect(at('shpc', 'https://example.org/library.json', 'quay.io/biocontainers/samtools')).toBe(
      'docker://quay.io/biocontainers/samtools',
    );
  });

  it('takes a tag or digest away from what a list tells', () => {
    expect(baseOf('docker://quay.io/biocontainers/samtools:1.20')).toBe(
      'docker://quay.io/biocontainers/samtools',
    );
    expect(baseOf('docker://127.0.0.1:5000/a@sha256:ab')).toBe('docker://127.0.0.1:5000/a');
    expect(baseOf('docker://127.0.0.1:5000/a')).toBe('docker://127.0.0.1:5000/a');
  });

  it('puts a digest after an at sign', () => {
    expect(referenceOf('docker://quay.io/a/b', '1.0')).toBe('docker://quay.io/a/b:1.0');
    expect(referenceOf('docker://quay.io/a/b', `sha256:${'0'.repeat(64)}`)).toBe(
      `docker://quay.io/a/b@sha256:${'0'.repeat(64)}`,
    );
  });
});

describe('readTypedName', () => {
  const ghcr = { kind: 'ghcr', address: 'ghcr.io' } as const;

  it('takes what people paste', () => {
    expect(readTypedName(' lab/tool ', ghcr)).toEqual({ repository: 'lab/tool', tag: null });
    expect(readTypedName('docker://ghcr.io/lab/tool:1.2', ghcr)).toEqual({
      repository: 'lab/tool',
      tag: '1.2',
    });
    expect(readTypedName('ghcr.io/lab/tool@sha256:abc', ghcr)).toEqual({
      repository: 'lab/tool',
      tag: 'sha256:abc',
    });
    expect(readTypedName('lab/tool/', ghcr)).toEqual({ repository: 'lab/tool', tag: null });
  });

  it('finds nothing in nothing', () => {
    expect(readTypedName('  ', ghcr)).toBeNull();
    expect(readTypedName('https://', ghcr)).toBeNull();
  });
});

describe('the way back in a tree', () => {
  it('keeps how paths begin and end', () => {
    expect(crumbsOf('bio/tools/')).toEqual([
      { name: 'bio', path: 'bio/' },
      { name: 'tools', path: 'bio/tools/' },
    ]);
    expect(crumbsOf('/cvmfs/x').map(({ path }) => path)).toEqual(['/cvmfs', '/cvmfs/x']);
    expect(crumbsOf(null)).toEqual([]);
  });

  it('leads up to the top', () => {
    expect(parentOf('bio/tools/')).toBe('bio/');
    expect(parentOf('bio/')).toBeNull();
    expect(parentOf(null)).toBeNull();
  });
});
