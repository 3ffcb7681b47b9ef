import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { createDialect } from './dialect.ts';
import { type ImportBuild, importByHand, importCommand } from './importCommand.ts';
import { showCommand } from './shellWords.ts';

const path = hostPathFromText;

function build(from: ImportBuild['from'], form: ImportBuild['form']): ImportBuild {
  return {
    runtime: { path: path('/usr/bin/apptainer'), dialect: createDialect('apptainer', '1.4.5', null) },
    target: path('/data/made'),
    form,
    from,
    compression: 'gzip-9',
    homeFolder: path('/t/home'),
    temporaryFolder: path('/t/tmp'),
    cacheFolder: path('/t/cache'),
    byHand: null,
  };
}

describe('importCommand', () => {
  it('builds from an archive, verbosely, in folders of its own', () => {
    const command = importCommand(build({ transport: 'docker-archive', path: path('/t/image.tar') }, 'sif'));
    expect(showCommand(command)).toBe(
      'HOME=/t/home APPTAINER_TMPDIR=/t/tmp APPTAINER_CACHEDIR=/t/cache /usr/bin/apptainer -v build --disable-cache /data/made docker-archive:/t/image.tar',
    );
  });

  it('takes no folder for an option or a transport', () => {
    const command = importCommand(build({ transport: 'file', path: path('docker:x') }, 'sandbox'));
    expect(showCommand(command)).toMatch(/build --disable-cache --sandbox \/data\/made \.\/docker:x$/);
  });

  it('is shown as a person would type it', () => {
    const target = path('/data/my image.sif');
    const from = { transport: 'oci', path: path('/data/layout') } as const;
    expect(importByHand('apptainer', { from, form: 'sif', target })).toBe(
      "apptainer build '/data/my image.sif' oci:/data/layout",
    );
  });
});
