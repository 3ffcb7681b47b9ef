import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { defaultActionOptions, type Isolation, type RuntimeProduct } from '#core/contract/runtime.ts';
import { type Action, actionCommand } from './action.ts';
import { createDialect } from './dialect.ts';
import { showCommand } from './shellWords.ts';
import { fitsHomeOption, fitsOverlayOption, type WorkspaceMount } from './workspaceMount.ts';

const tree = hostPathFromText('/data/w/home');

function shown(
  [product, version]: readonly [RuntimeProduct, string],
  more: {
    readonly mount?: WorkspaceMount;
    readonly isolation?: Isolation;
    readonly verb?: Action['verb'];
    readonly args?: readonly string[];
  } = {},
): string {
  const command = actionCommand({
    runtime: { path: hostPathFromText('/usr/bin/apptainer'), dialect: createDialect(product, version, null) },
    verb: more.verb ?? 'exec',
    imagePath: hostPathFromText('/i.sif'),
    options: { ...defaultActionOptions, isolation: more.isolation ?? 'host' },
    args: more.args ?? ['ls'],
    workspace: more.mount ?? { route: 'home', tree },
  });
  return showCommand(command).replace('/usr/bin/apptainer ', '');
}

const apptainer = ['apptainer', '1.4.5'] as const;
const home = '--home /data/w/home:/home/mysingularity';

describe('a workspace', () => {
  it('takes the place of the home with every isolation', () => {
    expect(shown(apptainer)).toBe(`exec --no-mount cwd --cwd /home/mysingularity ${home} /i.sif ls`);
    expect(shown(apptainer, { isolation: 'clean' })).toBe(
      `exec --cleanenv --no-mount cwd --cwd /home/mysingularity ${home} /i.sif ls`,
    );
    expect(shown(apptainer, { isolation: 'sealed' })).toBe(
      `exec --containall --no-privs --no-mount cwd,bind-paths --net --network none --cwd /home/mysingularity ${home} /i.sif ls`,
    );
  });

  // Versions that the tests cannot run: from documentation (flags of each version in features.ts).
  it.each([
    [['apptainer', '1.0.3'], `exec --no-mount cwd --pwd /home/mysingularity ${home} /i.sif ls`],
    [['apptainer', '1.1.9'], `exec --no-mount cwd --pwd /home/mysingularity ${home} /i.sif ls`],
    [['apptainer', '1.2.5'], `exec --no-mount cwd --pwd /home/mysingularity ${home} /i.sif ls`],
    [['apptainer', '1.3.6'], `exec --no-mount cwd --cwd /home/mysingularity ${home} /i.sif ls`],
    [['singularity-ce', '4.3.1'], `exec --no-mount cwd --cwd /home/mysingularity ${home} /i.sif ls`],
    [['singularity-ce', '3.11.5'], `exec --no-mount cwd --pwd /home/mysingularity ${home} /i.sif ls`],
    [['singularity', '3.8.7'], `exec --no-mount cwd --pwd /home/mysingularity ${home} /i.sif ls`],
    [['singularity', '3.5.3'], `exec --pwd /home/mysingularity ${home} /i.sif ls`],
  ] as const)('from documentation: %s', (version, expected) => {
    expect(shown(version)).toBe(expected);
  });

  it('goes by a bind where its path has a colon', () => {
    const mount = { route: 'bind', tree: hostPathFromText('/d/a:b,c/home') } as const;
    expect(fitsHomeOption(mount.tree)).toBe(false);
    expect(shown(apptainer, { mount })).toBe(
      `exec --no-mount cwd --cwd /home/mysingularity --home /home/mysingularity --mount 'type=bind,"src=/d/a:b,c/home",dst=/home/mysingularity' /i.sif ls`,
    );
    expect(shown(['singularity', '3.8.7'], { mount })).toContain(
      String.raw`--bind '/d/a\:b\,c/home:/home/mysingularity:rw'`,
    );
  });

  it('is a link in a layer where the home may not be chosen', () => {
    const mount = { route: 'overlay', overlay: hostPathFromText('/d/w/link') } as const;
    expect(shown(apptainer, { mount })).toBe(
      'exec --no-mount cwd --cwd /home/mysingularity --overlay /d/w/link:ro /i.sif env HOME=/home/mysingularity ls',
    );
    expect(shown(apptainer, { mount, verb: 'run', args: ['a'] })).toMatch(
      /env HOME=\/home\/mysingularity \/\.singularity\.d\/runscript a$/,
    );
    expect(shown(apptainer, { mount, verb: 'shell', args: [] })).toContain(
      'exec --no-mount cwd --cwd /home/mysingularity --overlay /d/w/link:ro /i.sif env HOME=/home/mysingularity /bin/sh -c ',
    );
    expect(fitsOverlayOption(hostPathFromText('/d/w,2/link'))).toBe(false);
  });

  it('is only HOME where nothing else may be', () => {
    expect(shown(apptainer, { mount: { route: 'environment', tree } })).toBe(
      'exec --no-mount cwd --cwd /data/w/home /i.sif env HOME=/data/w/home ls',
    );
  });
});
