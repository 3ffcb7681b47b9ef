import { describe, expect, it } from 'vitest';
import { defaultFileName, isLoopbackRegistry, parseImageReference } from './imageReference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  it.each([
    ['docker://alpine', 'index.docker.io', 'library/alpine', 'latest', null, 'alpine_latest.sif'],
    [
      'docker://docker.io/rocker/rstudio:4.5',
      'index.docker.io',
      'rocker/rstudio',
      '4.5',
      null,
      'rstudio_4.5.sif',
    ],
    ['docker://127.0.0.1:5000/demo/tiny:v1', '127.0.0.1:5000', 'demo/tiny', 'v1', null, 'tiny_v1.sif'],
    ['docker://localhost/x', 'localhost', 'x', 'latest', null, 'x_latest.sif'],
    [
      `docker://nvcr.io/nvidia/pytorch@${digest}`,
      'nvcr.io',
      'nvidia/pytorch',
      null,
      digest,
      'pytorch_aaaaaaaaaaaa.sif',
    ],
    [`oras://ghcr.io/lab/salmon:1@${digest}`, 'ghcr.io', 'lab/salmon', '1', digest, 'salmon_1.sif'],
    ['DOCKER://[::1]:5000/a/b', '[::1]:5000', 'a/b', 'latest', null, 'b_latest.sif'],
  ])('reads %s', (text, registry, repository, tag, wantedDigest, fileName) => {
    const parsed = parseImageReference(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(parsed.reference).toMatchObject({ registry, repository, tag, digest: wantedDigest });
    expect(defaultFileName(parsed.reference)).toBe(fileName);
  });

  it.each([
    ['library://alpine', { host: null, entity: 'library', collection: 'default', container: 'alpine' }],
    ['library://lab/tools/salmon:1', { host: null, entity: 'lab', collection: 'tools', tag: '1' }],
    ['library://lib.org/lab/tools/salmon', { host: 'lib.org', container: 'salmon', tag: 'latest' }],
    ['library://lib.org:8080/salmon', { host: 'lib.org:8080', entity: 'library', container: 'salmon' }],
    [`library://lab/tools/salmon:sha256.${'a'.repeat(64)}`, { tag: `sha256.${'a'.repeat(64)}` }],
    ['shub://vsoch/hello', { host: 'singularity-hub.org', user: 'vsoch', container: 'hello', tag: 'latest' }],
    ['shub://hub.lab.org/vsoch/hello:2', { host: 'hub.lab.org', user: 'vsoch', tag: '2' }],
    ['s3://lab-images/a/b c.sif', { bucket: 'lab-images', key: 'a/b c.sif' }],
  ])('reads %s', (text, wanted) => {
    const parsed = parseImageReference(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(parsed.reference).toMatchObject(wanted);
  });

  it.each([
    ['', 'empty'],
    ['docker://', 'repository'],
    ['docker://Upper/Case', 'repository'],
    ['docker://a//b', 'repository'],
    ['docker://a/../b', 'repository'],
    ['docker://alpine:', 'tag'],
    ['docker://alpine:-x', 'tag'],
    ['docker://alpine@sha256:12', 'digest'],
    ['docker://-bad.example.org/x', 'registry'],
    ['docker://al\npine', 'control'],
    ['ipfs://x', 'scheme'],
    ['library://a/b', 'repository'],
    ['library://a/b/c/d/e', 'repository'],
    ['library://bad host/a/b/c', 'registry'],
    ['library://a/../c', 'repository'],
    ['shub://alone', 'repository'],
    ['shub://a/b:c d', 'tag'],
    ['s3://UPPER/x.sif', 'registry'],
    ['s3://bucket/folder/', 'repository'],
    ['https://', 'url'],
    ['https://example.org/', 'url'],
    ['https://example.org/a%2', 'url'],
  ])('refuses %j for its %s', (text, wanted) => {
    const parsed = parseImageReference(text);
    expect(parsed.ok ? 'taken' : parsed.problem).toBe(wanted);
  });

  it('names the file of a URL, and takes the rest as a path', () => {
    expect(parseImageReference('https://example.org/a%20b.sif?x=1')).toMatchObject({
      reference: { kind: 'http', fileName: 'a b.sif' },
    });
    expect(parseImageReference('./x.sif')).toMatchObject({ reference: { kind: 'file', path: './x.sif' } });
  });

  it('knows loopback registries', () => {
    expect(isLoopbackRegistry('127.0.0.1:5000')).toBe(true);
    expect(isLoopbackRegistry('[::1]:5000')).toBe(true);
    expect(isLoopbackRegistry('localhost')).toBe(true);
    expect(isLoopbackRegistry('127.example.org')).toBe(false);
    expect(isLoopbackRegistry('10.0.0.1:5000')).toBe(false);
  });
});
