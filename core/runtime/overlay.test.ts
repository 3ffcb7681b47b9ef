import { describe, expect, it } from 'vitest';
import { hostPathFromBytes, hostPathFromText } from '#core/contract/hostPath.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { optionObstacle } from './actionWarnings.ts';
import { createDialect } from './dialect.ts';
import { checkReport, overlayCreateCommand, overlayEmbedCommand, parseOwner } from './overlay.ts';
import { showCommand } from './shellWords.ts';

const path = hostPathFromText;
const runtimeOf = (product: 'apptainer' | 'singularity', version: string) => ({
  path: path('/usr/bin/runtime'),
  dialect: createDialect(product, version, null),
});
const input = {
  sizeBytes: 100 * 1024 ** 2 + 1,
  folders: ['/data', '/home/mysingularity'],
  isFakeroot: false,
};

it('makes overlays sparse where the version can, in whole MiB', () => {
  expect(showCommand(overlayCreateCommand(runtimeOf('apptainer', '1.4.5'), input, path('o.img')))).toBe(
    '/usr/bin/runtime overlay create --sparse --size 101 --create-dir /data --create-dir /home/mysingularity ./o.img',
  );
  // From documentation, not run.
  expect(showCommand(overlayCreateCommand(runtimeOf('singularity', '3.8.7'), input, path('/o.img')))).toBe(
    '/usr/bin/runtime overlay create --size 101 --create-dir /data --create-dir /home/mysingularity /o.img',
  );
});

it('embeds for the architecture of the image, and for none that has no code', () => {
  const runtime = runtimeOf('apptainer', '1.4.5');
  const files = { overlay: path('/o.img'), image: path('/x.sif') };
  const spec = overlayEmbedCommand(runtime, { ...files, architecture: 'arm64' });
  expect(spec === null ? null : showCommand(spec)).toContain(
    '--partfs 2 --parttype 4 --partarch 4 --groupid 1 /x.sif /o.img',
  );
  expect(overlayEmbedCommand(runtime, { ...files, architecture: null })).toBeNull();
});

it('reads the owner that debugfs prints', () => {
  expect(parseOwner('User:  1001   Group:  1001   Project:     0   Size: 1024')).toBe(1001);
  expect(parseOwner('/upper: File not found by ext2_lookup')).toBeNull();
});

it('reports the end of a check without its banner', () => {
  expect(checkReport('e2fsck 1.47.0 (5-Feb-2023)\n\nPass 1: Checking inodes\nFix? no  \n')).toBe(
    'Pass 1: Checking inodes\nFix? no',
  );
});

describe('overlays of a run', () => {
  const reasonOf = (...overlays: { path: ReturnType<typeof path>; isReadOnly: boolean }[]) =>
    optionObstacle({ args: [], imagePath: path('/x.sif'), options: { ...defaultActionOptions, overlays } })
      ?.facts['reason'] ?? null;

  it.each(['/a:b.img', '/a,b.img', '/a"b.img', '/a\nb.img'])(
    'refuses %j, which the option cannot say',
    (name) => {
      expect(reasonOf({ path: path(name), isReadOnly: true })).toMatch(/colon, comma/);
    },
  );

  it('refuses two that are written, and bytes that are not UTF-8', () => {
    const one = (name: string, isReadOnly: boolean) => ({ path: path(name), isReadOnly });
    expect(reasonOf(one('/a', false), one('/b', true))).toBeNull();
    expect(reasonOf(one('/a', false), one('/b', false))).toMatch(/Only one overlay/);
    expect(reasonOf({ path: hostPathFromBytes(Uint8Array.of(0x2f, 0xff)), isReadOnly: true })).not.toBeNull();
  });
});
