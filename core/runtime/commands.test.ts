import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { parseImageReference } from '#core/contract/imageReference.ts';
import { type Conversion, convertCommand, supportedCompressions } from './build.ts';
import { missingCapabilities } from './capabilityNames.ts';
import { createDialect } from './dialect.ts';
import { scrubbedEnvironment } from './environment.ts';
import { pullByHand } from './pull.ts';
import { showCommand } from './shellWords.ts';

const apptainer = createDialect('apptainer', '1.4.5', null);
const ce = createDialect('singularity-ce', '4.5.1', null);
const path = hostPathFromText;

describe('convertCommand', () => {
  const conversion: Conversion = {
    runtime: { path: path('/usr/bin/apptainer'), dialect: apptainer },
    target: path('/data/.part/x.sif'),
    form: 'sif',
    source: 'docker://host/name:tag',
    compression: 'gzip-6',
    architecture: null,
    isPlainHttp: false,
    isVerbose: false,
    homeFolder: path('/t/home'),
    temporaryFolder: path('/t/tmp'),
    cacheFolder: path('/t/cache'),
    byHand: 'apptainer pull x.sif docker://host/name:tag',
  };

  it('builds in folders of its own', () => {
    const command = convertCommand(conversion);
    expect(showCommand(command)).toBe(
      "HOME=/t/home APPTAINER_TMPDIR=/t/tmp APPTAINER_CACHEDIR=/t/cache /usr/bin/apptainer build --disable-cache --mksquashfs-args '-comp gzip -Xcompression-level 6' /data/.part/x.sif docker://host/name:tag",
    );
    expect(command).toMatchObject({ purpose: 'Convert to x.sif', byHand: conversion.byHand });
  });

  it('says what it is told: verbose, plain http, another architecture', () => {
    const command = convertCommand({
      ...conversion,
      isVerbose: true,
      isPlainHttp: true,
      architecture: 'arm64',
      compression: 'gzip-9',
    });
    expect(command.args.slice(0, -2)).toEqual([
      '-v',
      'build',
      '--disable-cache',
      '--arch',
      'arm64',
      '--no-https',
    ]);
  });

  it('leaves compression and architecture to runtimes that take none (from documentation, not run)', () => {
    const command = convertCommand({
      ...conversion,
      runtime: { ...conversion.runtime, dialect: ce },
      architecture: 'arm64',
    });
    expect(command.args.slice(0, -2)).toEqual(['build', '--disable-cache']);
    expect(command.environment).toHaveProperty('SINGULARITY_TMPDIR');
    expect(supportedCompressions(ce)).toEqual(['gzip-9']);
    expect(supportedCompressions(apptainer)).toContain('zstd-3');
  });
});

describe('a sandbox', () => {
  it('is unpacked, not compressed', () => {
    const command = convertCommand({
      runtime: { path: path('/usr/bin/apptainer'), dialect: apptainer },
      target: path('/data/x'),
      form: 'sandbox',
      source: { path: path('/data/.x.sif') },
      compression: 'zstd-3',
      architecture: null,
      isPlainHttp: false,
      isVerbose: false,
      homeFolder: path('/t/home'),
      temporaryFolder: path('/t/tmp'),
      cacheFolder: path('/t/cache'),
      byHand: null,
    });
    expect(showCommand(command)).toContain('build --disable-cache --sandbox /data/x /data/.x.sif');
  });

  it('is made by build when it is typed by hand', () => {
    const parsed = parseImageReference('docker://127.0.0.1:5000/a/b:c');
    if (!parsed.ok) throw new Error(parsed.problem);
    const typed = pullByHand({
      dialect: apptainer,
      reference: parsed.reference,
      target: path('/data/x'),
      form: 'sandbox',
      allowHttp: true,
      overwrite: false,
      architecture: null,
    });
    expect(typed).toBe('apptainer build --sandbox --no-https /data/x docker://127.0.0.1:5000/a/b:c');
  });
});

describe('pullByHand', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const line = (
    text: string,
    more: { allowHttp?: boolean; overwrite?: boolean; architecture?: string } = {},
  ) => {
    const parsed = parseImageReference(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    return pullByHand({
      form: 'sif',
      dialect: apptainer,
      reference: parsed.reference,
      target: path('my image.sif'),
      allowHttp: more.allowHttp ?? false,
      overwrite: more.overwrite ?? false,
      architecture: more.architecture ?? null,
    });
  };

  it.each([
    [line('docker://alpine:3.20'), "apptainer pull './my image.sif' docker://alpine:3.20"],
    [
      line('docker://127.0.0.1:5000/demo/tiny:v1'),
      "apptainer pull --no-https './my image.sif' docker://127.0.0.1:5000/demo/tiny:v1",
    ],
    [
      line('docker://host/n:t', { allowHttp: true, overwrite: true, architecture: 'arm64' }),
      "apptainer pull --force --no-https --arch arm64 './my image.sif' docker://host/n:t",
    ],
    [line(`docker://h.org/n:t@${digest}`), `apptainer pull './my image.sif' docker://h.org/n@${digest}`],
    [
      line('oras://127.0.0.1:5000/sif:v1', { allowHttp: true, architecture: 'arm64' }),
      "apptainer pull './my image.sif' oras://127.0.0.1:5000/sif:v1",
    ],
    [
      line('oras://h.org/sif:v1', { allowHttp: true }),
      "apptainer pull --no-https './my image.sif' oras://h.org/sif:v1",
    ],
    [line("https://h.org/it's.sif"), `apptainer pull './my image.sif' 'https://h.org/it'\\''s.sif'`],
    [line('-rf.sif'), "cp -n ./-rf.sif './my image.sif'"],
    [line('/a/b.sif', { overwrite: true }), "cp /a/b.sif './my image.sif'"],
  ])('types %s', (typed, expected) => {
    expect(typed).toBe(expected);
  });

  it('uses the name of the runtime that is there', () => {
    const parsed = parseImageReference('docker://alpine');
    if (!parsed.ok) throw new Error(parsed.problem);
    const rest = {
      reference: parsed.reference,
      target: path('/x.sif'),
      form: 'sif' as const,
      allowHttp: false,
      overwrite: false,
      architecture: null,
    };
    expect(pullByHand({ ...rest, dialect: ce })).toMatch(/^singularity pull/);
    expect(pullByHand({ ...rest, dialect: null })).toMatch(/^apptainer pull/);
  });
});

describe('scrubbedEnvironment', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/home/alice',
    APPTAINER_BIND: '/etc',
    APPTAINER_CONTAINALL: '1',
    APPTAINER_CACHEDIR: '/scratch',
    APPTAINERENV_A: 'b',
    APPTAINERENV_TMPDIR: '/inside',
    SINGULARITY_TMPDIR: '/scratch',
    SINGULARITY_NV: '1',
    SINGULARITYENV_PATH: '/evil',
    APPTAINERISH: 'stays',
    DOCKER_PASSWORD: 'secret',
    UNSET: undefined,
  };

  it('keeps what says where, and drops what says how', () => {
    const kept = {
      PATH: '/bin',
      HOME: '/home/alice',
      APPTAINER_CACHEDIR: '/scratch',
      SINGULARITY_TMPDIR: '/scratch',
      APPTAINERISH: 'stays',
    };
    expect(scrubbedEnvironment(environment, apptainer)).toEqual(kept);
    expect(scrubbedEnvironment(environment, null)).toEqual(kept);
  });

  it('drops the variables of the other product (from documentation, not run)', () => {
    expect(scrubbedEnvironment(environment, ce)).toEqual({
      PATH: '/bin',
      HOME: '/home/alice',
      SINGULARITY_TMPDIR: '/scratch',
      APPTAINERISH: 'stays',
    });
  });
});

describe('missingCapabilities', () => {
  it.each([
    ['0x000001ffffffffff', '000001fffeffffff', ['CAP_SYS_RESOURCE']],
    ['3', '0', ['CAP_CHOWN', 'CAP_DAC_OVERRIDE']],
    ['1ffffffffff', 'ffffffffff', ['CAP_CHECKPOINT_RESTORE']],
    ['ff', 'ff', []],
    ['nonsense', 'ff', []],
    ['1'.repeat(40), '0', []],
  ])('of %s and %s', (wanted, permitted, names) => {
    expect(missingCapabilities(wanted, permitted)).toEqual(names);
  });
});
