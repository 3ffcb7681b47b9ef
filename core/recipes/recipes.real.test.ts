import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { RecipeChoice } from '#core/contract/recipes.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { makeProgram, openUse, type UseFixture } from '#core/workspaces/use.fixture.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { prepareRecipe } from './prepareRecipe.ts';

const why = whyMissing('tiny');
const sh = (script: string, ...words: readonly string[]) =>
  execFileSync('/bin/sh', ['-ec', script, 'sh', ...words], { encoding: 'utf8' });

/** A tree that looks like Spack, with a command that says what it was asked. */
const makeSpack = `mkdir -p "$1/bin" "$1/lib/spack/spack" "$1/etc/spack"; cd "$1"
printf '#!/bin/sh\\nhere=$(cd "$(dirname "$0")/.." && pwd)\\necho "$here: $*" >>"$HOME/asked"\\n' >bin/spack; chmod +x bin/spack
echo '__version__ = "1.2.3"' >lib/spack/spack/__init__.py`;

/** Programs of this machine in the small image: git, python3 and what they need. */
const binds = ['/usr', '/lib', '/lib64', '/bin'].map((place) => ({
  source: hostPathFromText(place),
  destination: place,
  isReadOnly: true,
}));

describe.skipIf(why !== null)(`recipes${why === null ? '' : ` (${why})`}`, () => {
  let fixture: UseFixture;
  let base: string;
  let image: HostPath;
  const inside = (name: string) => hostPathFromText(join(base, name));
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'recipes-'));
    fixture = await openUse({ name: 'local', program: makeProgram(base) });
    image = hostPathFromText(testbed().tiny.sif);
    sh(
      `${makeSpack}
cd "$2"; git init -q work; cp -R spack-source/. work/; cd work; git add -A
git -c user.name=x -c user.email=x@x commit -q -m x; git tag v1.2.3; echo later >later; git add later; git -c user.name=x -c user.email=x@x commit -q -m y
cd ..; git clone -q --bare work mirror.git; tar -czf spack-1.2.3.tar.gz --transform 's,^spack-source,spack-1.2.3,' spack-source`,
      join(base, 'spack-source'),
      base,
    );
  });
  afterAll(async () => {
    await fixture?.dispose();
    rmSync(base, { recursive: true, force: true });
  });

  async function cook(workspace: Workspace, choice: RecipeChoice) {
    const means = { openHost: async () => fixture.host, store: fixture.store };
    const options = { ...defaultActionOptions, binds };
    const input = { hostId: localHostId, id: workspace.id, imagePath: image, options, choice };
    const { action } = await prepareRecipe(means, input);
    return await fixture.host.run(await fixture.command(action));
  }
  const homeOf = ({ folder }: Workspace, path: string) => join(hostPathToText(folder) ?? '', 'home', path);
  const spack = (path: string, reference: string | null = null): RecipeChoice => ({
    kind: 'spack',
    from: { kind: 'path', path: inside(path) },
    reference,
    buildJobs: 2,
  });

  it.each([
    ['a bare repository', 'mirror.git', 'v1.2.3'],
    ['an archive', 'spack-1.2.3.tar.gz', null],
    ['a folder', 'spack-source', null],
  ])('sets Spack up from %s', async (_what, path, reference) => {
    const workspace = await fixture.make(`spack-${path.replaceAll('.', '-')}`);
    const { exitStatus, stdout, stderr } = await cook(workspace, spack(path, reference));
    expect(stderr.replace(/^Cloning.*\n|^done\.\n|^Note: [\s\S]*/gm, '')).not.toContain('did not work');
    expect(exitStatus, stderr).toBe(0);
    expect(stdout).toContain('. /home/mysingularity/spack/share/spack/setup-env.sh');
    expect(readFileSync(homeOf(workspace, 'asked'), 'utf8')).toBe(
      '/home/mysingularity/spack: compiler find\n',
    );
    const config = readFileSync(homeOf(workspace, 'spack/etc/spack/config.yaml'), 'utf8');
    expect(config).toContain('root: /home/mysingularity/spack/opt/spack');
    expect(config).toMatch(
      /build_stage:\n {2}- \$tempdir\/\$user\/spack-stage\n {2}- \/home\/mysingularity\//,
    );
    expect(config).toContain('build_jobs: 2');
    expect(statSync(homeOf(workspace, 'spack/later'), { throwIfNoEntry: false })).toBeUndefined();
    // Again: what is there is not touched.
    const again = await cook(workspace, spack(path));
    expect(again.exitStatus).toBe(1);
    expect(again.stderr).toContain('there is a spack already');
  });

  it('begins anew after an interrupted run, and says what is no Spack', async () => {
    const workspace = await fixture.make('interrupted');
    sh('mkdir -p "$1/spack/half"; touch "$1/.unfinished-spack"', homeOf(workspace, ''));
    writeFileSync(join(base, 'other.txt'), 'x');
    sh('cd "$1" && tar -cf other.tar other.txt', base);
    expect((await cook(workspace, spack('other.tar'))).stderr).toContain('the archive holds no Spack');
    expect((await cook(workspace, spack('spack-source'))).exitStatus).toBe(0);
    expect(statSync(homeOf(workspace, 'spack/half'), { throwIfNoEntry: false })).toBeUndefined();
    await expect(cook(workspace, spack('nowhere'))).rejects.toSatisfy(
      (thrown) => thrown instanceof WorkbenchError && thrown.report.code === 'host.pathMissing',
    );
  });

  it('sets conda and pip up with the fixed prefix', async () => {
    const workspace = await fixture.make('python');
    writeFileSync(
      join(base, 'Miniforge.sh'),
      'test "$1 $2" = "-b -p" && mkdir -p "$3/bin" "$3/conda-meta" && : >"$3/conda-meta/history" && printf "#!%s/bin/python\\n" "$3" >"$3/bin/conda" && chmod +x "$3/bin/conda"\n',
    );
    const conda = await cook(workspace, { kind: 'conda', installer: inside('Miniforge.sh') });
    expect(conda.exitStatus, conda.stderr).toBe(0);
    expect(readFileSync(homeOf(workspace, 'conda/bin/conda'), 'utf8')).toBe(
      '#!/home/mysingularity/conda/bin/python\n',
    );
    expect(readFileSync(homeOf(workspace, 'conda/.condarc'), 'utf8')).toContain(
      '- /home/mysingularity/conda/pkgs',
    );
    const pip = await cook(workspace, { kind: 'pip', folder: 'env', packages: [], wheels: null });
    // Debian has the module apart from Python.
    if (/venv/.test(pip.stderr)) expect(pip.stderr).toContain('cannot make virtual environments');
    else {
      expect(pip.exitStatus, pip.stderr).toBe(0);
      expect(readFileSync(homeOf(workspace, 'env/bin/activate'), 'utf8')).toContain(
        '/home/mysingularity/env',
      );
    }
    const r = await cook(workspace, { kind: 'r', packages: [], repository: null });
    if (r.exitStatus !== 0) expect(r.stderr).toContain('this image has no Rscript');
    else
      expect(readFileSync(homeOf(workspace, '.Renviron'), 'utf8')).toContain(
        'R_LIBS_USER=/home/mysingularity',
      );
  });
});
