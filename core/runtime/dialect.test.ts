import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDialect, parseBuildConfiguration, parseVersion } from './dialect.ts';
import { securityNotices } from './securityNotices.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`./__recorded__/apptainer-1.4.5/${name}`, import.meta.url), 'utf8');

describe('parseVersion', () => {
  it('reads the real one', () => {
    expect(parseVersion(recorded('version.txt'))).toEqual({ product: 'apptainer', version: '1.4.5' });
  });

  it.each([
    ['singularity-ce version 4.1.0-rc.1+12-gabc', 'singularity-ce', '4.1.0-rc.1+12-gabc'],
    ['singularity version 3.8.7-1.el8', 'singularity', '3.8.7-1.el8'],
    ['SingularityPRO version 3.9-4', 'singularity-ce', '3.9-4'],
    ['Welcome to the cluster!\r\napptainer version 1.2.5-1.el9\r\n', 'apptainer', '1.2.5-1.el9'],
    ['2.6.1-dist', 'singularity', '2.6.1-dist'],
  ])('reads %j (from documentation, not run)', (text, product, version) => {
    expect(parseVersion(text)).toEqual({ product, version });
  });

  it.each([
    '',
    'docker version 27.0',
    'apptainer: command not found',
    '3.8.7',
    'apptainer version',
    'x apptainer version 1.0',
  ])('knows that %j is none', (text) => expect(parseVersion(text)).toBeNull());
});

describe('parseBuildConfiguration', () => {
  it('reads the real one', () => {
    const configuration = parseBuildConfiguration(recorded('buildcfg.txt'));
    expect(configuration).toMatchObject({
      isSetuid: false,
      configurationFile: '/etc/apptainer/apptainer.conf',
      sessionFolder: '/var/lib/apptainer/mnt/session',
    });
    expect(configuration.values.get('PACKAGE_VERSION')).toBe('1.4.5');
  });

  it('says null for what it does not find', () => {
    expect(parseBuildConfiguration('noise\nSINGULARITY_SUID_INSTALL=1\n').isSetuid).toBe(true);
    expect(parseBuildConfiguration('unknown command')).toMatchObject({
      isSetuid: null,
      configurationFile: null,
    });
  });
});

describe('the dialect', () => {
  const dialect = (product: 'apptainer' | 'singularity-ce' | 'singularity', version: string) =>
    createDialect(product, version, null);

  it('of the executed version is marked so', () => {
    const ours = createDialect('apptainer', '1.4.5', parseBuildConfiguration(recorded('buildcfg.txt')));
    expect(ours).toMatchObject({ knowledge: 'run', isSetuid: false, variablePrefix: 'APPTAINER' });
    expect(ours.features).toMatchObject({
      mksquashfsArgs: true,
      noEval: true,
      cwdFlag: true,
      honoursRegistryMirrors: true,
    });
    expect(dialect('apptainer', '1.4.4').knowledge).toBe('documentation');
    expect(dialect('singularity-ce', '1.4.5').knowledge).toBe('documentation');
  });

  it.each([
    [
      'apptainer',
      '1.0.3',
      { mountFlag: true, noEval: false, cwdFlag: false, mksquashfsArgs: false, unsquash: false },
    ],
    ['apptainer', '1.1.9', { noEval: true, unsquash: true, noMountBindPaths: false }],
    ['apptainer', '1.2.5', { cwdFlag: false, noMountBindPaths: true, buildArg: true }],
    ['apptainer', '1.3.6', { cwdFlag: true, authfile: false, pullSandbox: false }],
    ['apptainer', '1.4.1', { mksquashfsArgs: true, authfile: true, honoursRegistryMirrors: false }],
    ['apptainer', '1.5.3', { reproducible: true, honoursRegistryMirrors: true }],
    ['singularity', '3.6.4', { mountFlag: false, noMount: false, noEval: false }],
    [
      'singularity',
      '3.8.7',
      { mountFlag: false, noMount: true, cwdFlag: false, honoursRegistryMirrors: false },
    ],
    ['singularity-ce', '3.11.5', { mountFlag: true, noEval: true, noMountBindPaths: true, ociMode: false }],
    [
      'singularity-ce',
      '4.5.1',
      { ociMode: true, cwdFlag: true, mksquashfsArgs: false, unsquash: false, pullSandbox: false },
    ],
  ] as const)(
    'of %s %s has the flags of its version (from documentation, not run)',
    (product, version, features) => {
      expect(dialect(product, version).features).toMatchObject(features);
    },
  );

  it('reads SingularityCE’s variables only with its own prefix', () => {
    expect(dialect('singularity-ce', '4.5.1')).toMatchObject({
      variablePrefix: 'SINGULARITY',
      programName: 'singularity',
    });
  });
});

describe('security notices (from documentation, not run)', () => {
  const ids = (
    product: 'apptainer' | 'singularity-ce' | 'singularity',
    version: string,
    setuid: '0' | '1' | '',
  ) =>
    securityNotices(
      createDialect(
        product,
        version,
        setuid === '' ? null : parseBuildConfiguration(`APPTAINER_SUID_INSTALL=${setuid}`),
      ),
    ).map(({ id, isUncertain }) => (isUncertain ? `${id}?` : id));

  it.each([
    ['apptainer', '1.5.1', '1', []],
    ['apptainer', '1.5.0', '1', ['CVE-2026-48785']],
    ['apptainer', '1.5.0', '', ['CVE-2026-48785?']],
    ['apptainer', '1.4.5', '0', []],
    ['apptainer', '1.4.4', '0', ['CVE-2025-65105']],
    ['apptainer', '1.2.0', '0', ['CVE-2025-65105', 'CVE-2024-3727', 'GHSA-mmx5-32m4-wxvx']],
    ['apptainer', '1.1.7', '1', ['CVE-2026-48785', 'CVE-2025-65105', 'CVE-2024-3727', 'CVE-2023-30549']],
    ['singularity-ce', '4.4.1', '1', ['CVE-2026-47215']],
    ['singularity-ce', '4.3.4', '0', ['CVE-2025-64750']],
    ['singularity', '3.8.7', '1', ['unmaintained']],
  ] as const)('of %s %s (setuid: %j)', (product, version, setuid, expected) => {
    expect(ids(product, version, setuid)).toEqual(expected);
  });
});
