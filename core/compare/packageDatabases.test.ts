import { describe, expect, it } from 'vitest';
import { packageOfPath, parseApkInstalled, parseDpkgStatus } from './packageDatabases.ts';
import { parseRpmLine } from './rpmDatabase.ts';

describe('packages of an image', () => {
  it('are read from the status of dpkg, but for those whose configuration alone is left', () => {
    const status = `Package: libc6
Status: install ok installed
Multi-Arch: same
Architecture: amd64
Version: 2.36-9+deb12u10
Description: GNU C Library
 Package: not this

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: tzdata
Status: hold ok installed
Architecture: all
Version: 2025b-0
`;
    expect(parseDpkgStatus(status)).toEqual([
      { manager: 'dpkg', name: 'libc6:amd64', version: '2.36-9+deb12u10' },
      { manager: 'dpkg', name: 'tzdata', version: '2025b-0' },
    ]);
  });

  it('are read from a file of status.d, which has no Status', () => {
    expect(parseDpkgStatus('Package: base-files\nVersion: 12.4\nArchitecture: amd64\n')).toEqual([
      { manager: 'dpkg', name: 'base-files', version: '12.4' },
    ]);
  });

  it('are read from the database of apk', () => {
    const installed =
      'C:Q1abc=\nP:musl\nV:1.2.5-r9\nA:x86_64\nF:lib\nR:ld-musl-x86_64.so.1\n\nP:zlib\nV:1.3.1-r2\n';
    expect(parseApkInstalled(installed)).toEqual([
      { manager: 'apk', name: 'musl', version: '1.2.5-r9' },
      { manager: 'apk', name: 'zlib', version: '1.3.1-r2' },
    ]);
  });

  it.each([
    ['usr/lib/python3/dist-packages/Foo_Bar-1.2.dist-info/METADATA', 'pip', 'foo-bar', '1.2'],
    ['opt/x/lib/python3.11/site-packages/six-1.16.0.egg-info', 'pip', 'six', '1.16.0'],
    ['opt/x/site-packages/PyYAML-6.0-py3.11.egg-info/PKG-INFO', 'pip', 'pyyaml', '6.0'],
    [
      'opt/conda/conda-meta/python-dateutil-2.9.0-pyhd8ed_0.json',
      'conda',
      'python-dateutil',
      '2.9.0 pyhd8ed_0',
    ],
  ])('are told by the path %s', (path, manager, name, version) => {
    expect(packageOfPath(path)).toEqual({ manager, name, version });
  });

  it.each([
    'usr/lib/python3/site-packages/setuptools/_vendor/packaging-24.2.dist-info/METADATA',
    'opt/conda/conda-meta/history',
    'home/notes-1.0-1.json',
  ])('are not told by the path %s', (path) => {
    expect(packageOfPath(path)).toBeNull();
  });

  it('are read from what rpm 4.18.0 was seen to say', () => {
    expect(parseRpmLine('hello\t1:2.10-3\tnoarch')).toEqual({
      manager: 'rpm',
      name: 'hello',
      version: '1:2.10-3.noarch',
    });
    expect(parseRpmLine('gpg-pubkey\t2f86d6a1-5cf7cefb\t(none)')).toBeNull();
    expect(parseRpmLine('error: rpmdb')).toBeNull();
  });

  it('do not grow with hostile fields', () => {
    const [one] = parseApkInstalled(`P:${'a'.repeat(100_000)}\nV:1\n`);
    expect(one?.name).toHaveLength(256);
  });
});
