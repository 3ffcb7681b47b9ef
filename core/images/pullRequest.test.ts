import { describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromText, hostPathSchema } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { PullInput } from '#core/contract/images.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { pullRequest, type RequestFacts, readReference, usesLayerStore } from './pullRequest.ts';
import { partPath } from './pullTarget.ts';

const input: PullInput = {
  hostId: localHostId,
  reference: 'docker://alpine:3.20',
  folder: null,
  fileName: null,
  form: 'sif',
  overwrite: false,
  allowHttp: false,
  architecture: null,
  compression: null,
  route: null,
  credentials: null,
};
const runtimeOf = (product: 'apptainer' | 'singularity-ce', version: string): Runtime => ({
  path: hostPathFromText('/usr/bin/apptainer'),
  dialect: createDialect(product, version, null),
});
const facts: RequestFacts = {
  preferences: {
    folders: [],
    defaultFolder: hostPathFromText('/data/images'),
    compression: 'gzip-6',
  },
  runtime: runtimeOf('apptainer', '1.4.5'),
  hostArchitecture: 'amd64',
};
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.report.code : thrown;
  }
  return 'no failure';
};

describe('a request', () => {
  it('decides what the person left open', () => {
    expect(pullRequest(input, facts)).toMatchObject({
      target: '/data/images/alpine_3.20.sif',
      architecture: 'amd64',
      askedArchitecture: null,
      compression: 'gzip-6',
      byHand: 'apptainer pull /data/images/alpine_3.20.sif docker://alpine:3.20',
    });
  });

  it('asks for another architecture only when it is another', () => {
    expect(pullRequest({ ...input, architecture: 'amd64' }, facts).askedArchitecture).toBeNull();
    expect(pullRequest({ ...input, architecture: 'arm64' }, facts).askedArchitecture).toBe('arm64');
  });

  it('takes the compression that the runtime has', () => {
    const old = { ...facts, runtime: runtimeOf('apptainer', '1.3.6') };
    expect(pullRequest({ ...input, compression: 'zstd-3' }, old).compression).toBe('gzip-9');
    expect(pullRequest({ ...input, compression: 'zstd-3' }, facts).compression).toBe('zstd-3');
  });

  it.each(['../x.sif', 'a/b.sif', '.', '..', '\\x00', 'x'.repeat(256)])(
    'refuses the file name %j',
    (name) => {
      const fileName = hostPathSchema.parse(name);
      expect(codeOf(() => pullRequest({ ...input, fileName }, facts))).toBe('input.invalid');
    },
  );

  it('refuses a folder that depends on where core was started', () => {
    const folder = hostPathSchema.parse('images');
    expect(codeOf(() => pullRequest({ ...input, folder }, facts))).toBe('input.invalid');
  });
});

describe('a reference', () => {
  it('loses its password before it is shown', () => {
    const read = readReference('https://me:pa%20ss@example.org/a.sif');
    expect(read).toMatchObject({
      shown: 'https://example.org/a.sif',
      credentials: { userName: 'me', password: 'pa ss' },
      reference: { kind: 'http', url: 'https://example.org/a.sif' },
    });
  });

  it('tells a scheme that is not spoken from one that is misspelt', () => {
    expect(codeOf(() => readReference('ipfs://a/b'))).toBe('registry.unsupportedScheme');
    expect(codeOf(() => readReference('docker://A:b:c'))).toBe('registry.badReference');
    try {
      readReference('docker://me:secret@host/name');
    } catch (thrown) {
      expect(JSON.stringify(thrown instanceof WorkbenchError ? thrown.report : thrown)).not.toContain(
        'secret',
      );
    }
  });
});

it.each([
  ['apptainer', '1.3.6', true],
  ['apptainer', '1.4.0', false],
  ['apptainer', '1.4.1', false],
  ['apptainer', '1.4.5', true],
  ['singularity-ce', '4.3.0', false],
] as const)('%s %s takes layers from the store: %s', (product, version, isSo) => {
  expect(usesLayerStore(runtimeOf(product, version))).toBe(isSo);
});

it.each([
  ['/a/x.sif', '/a/.x.sif.m.part'],
  [`/a/${'x'.repeat(250)}`, '/a/.mysingularity.m.part'],
  ['/a/\\xff.sif', '/a/.mysingularity.m.part'],
] as const)('hides the part of %s beside it', (target, part) => {
  expect(partPath(target as HostPath, 'm')).toBe(part);
});
