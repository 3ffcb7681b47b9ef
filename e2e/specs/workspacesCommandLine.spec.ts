import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { AdoptPlan, PackPlan, SyncPlan } from '#core/contract/handover.ts';
import type { Workspace, WorkspaceSnapshot } from '#core/contract/workspaces.ts';
import { askScript, buildScript, builtAnswer, compilerBinds } from '../fixtures/builtProgram.ts';
import { askHost, expectTold } from '../fixtures/clusterHosts.ts';
import type { Person } from '../fixtures/person.ts';
import { test } from '../fixtures/test.ts';
import { testbed } from '../testbed/testbed.ts';

const { sif } = testbed().tiny;
test.use({ needs: ['user', 'apptainer', 'tiny', 'ssh'] });

/** Runs a command that has to end well; what it wrote to standard output. */
async function says(person: Person, ...words: readonly string[]): Promise<string> {
  const ended = await person.workbench(words);
  expect(ended, `${words.join(' ')}\n${ended.stderr}`).toMatchObject({ status: 0 });
  return ended.stdout;
}

const asks = async <T>(person: Person, ...words: readonly string[]): Promise<T> =>
  JSON.parse(await says(person, ...words, '--json')) as T;

/** A shell's words inside a container of this machine, or of a host with its image, in a workspace. */
const inside = (person: Person, name: string, script: string, there: readonly string[] = []) =>
  says(
    person,
    'exec',
    ...(there.length === 0 ? [] : ['--host', there[0] ?? '']),
    '--workspace',
    name,
    there[1] ?? sif,
    'sh',
    '-c',
    script,
  );

/** A workspace with the built program in it. */
async function hasBuilt(person: Person, name: string): Promise<string> {
  const script = join(person.home, 'build.sh');
  await writeFile(script, buildScript);
  const folder = (
    await says(person, 'workspace', 'create', name, '--image', sif, '--description', 'built tools')
  ).trim();
  await says(
    person,
    'exec',
    '--workspace',
    name,
    ...compilerBinds,
    '--bind',
    `${script}:/build.sh:ro`,
    sif,
    'sh',
    '/build.sh',
  );
  return folder;
}

/** Accounts of the ssh hosts are shared by all tests: what each makes there has a name of its own, and goes at the end. */
const made: { readonly host: string; readonly name: string }[] = [];
const ownName = () => `tools-${randomBytes(4).toString('hex')}`;
test.afterEach(async () => {
  for (const { host, name } of made.splice(0)) {
    const places = `~/.local/share/mysingularity/workspaces/${name} ~/.local/share/mysingularity/images/${name}.sif`;
    await askHost(host, `chmod -R u+rwX ${places} 2>/dev/null; rm -rf ${places}`);
  }
});

test('what one account builds in a workspace, others make their own, run and change', async ({ person }) => {
  test.setTimeout(240_000);
  const name = ownName();
  for (const host of ['cluster-bob', 'cluster-carol']) made.push({ host, name });
  const bob = (await askHost('cluster-bob', 'id -u')).trim();
  const carol = (await askHost('cluster-carol', 'id -u')).trim();

  const folder = await hasBuilt(person, name);
  expect(await inside(person, name, askScript)).toBe(builtAnswer(String(process.getuid?.())));
  await says(person, 'workspace', 'measure', name);
  expect(await asks<Workspace>(person, 'workspace', 'show', name)).toMatchObject({
    folder,
    image: { name: 'tiny.sif', architecture: 'amd64' },
    software: [{ kind: 'bin', path: './bin', count: 3 }],
    writers: [],
  });
  expect(await says(person, 'workspace', 'list')).toMatch(
    new RegExp(`\\n  ${name} +\\d.* bin +- +built tools\\n`),
  );

  const packed = join(person.home, 'packed.sif');
  const plan = await asks<PackPlan>(person, 'workspace', 'pack', name, 'packed.sif', '--dry-run');
  expect(plan.strays.map(({ kind, path, isLeftOut }) => [kind, path, isLeftOut])).toEqual(
    expect.arrayContaining([
      ['secret', '.netrc', true],
      ['linkOut', 'bin/sh', false],
    ]),
  );
  const saidOfPack = await person.workbench(['workspace', 'pack', name, 'packed.sif']);
  expect(saidOfPack).toMatchObject({ status: 0, stdout: `${packed}\n` });
  expect(saidOfPack.stderr).toContain('1 left out: --dry-run names them');
  expectTold(await person.workbench(['workspace', 'pack', name, 'packed.sif']), 'image.targetExists', 7);

  await test.step('bob, of another host, with another home', async () => {
    const adopting = ['workspace', 'adopt', packed, '--name', name, '--host', 'cluster-bob'];
    const { form, manifest } = await asks<AdoptPlan>(person, ...adopting, '--dry-run');
    expect([form, manifest.name]).toEqual(['over', name]);
    expect(await says(person, ...adopting)).toMatch(new RegExp(`^/srv/people/bob/.*/${name}\\n$`));
    expectTold(await person.workbench(adopting), 'workspace.nameTaken', 7);
    await askHost('cluster-bob', 'mkdir -p ~/.local/share/mysingularity/images');
    await says(person, 'push', sif, `cluster-bob:.local/share/mysingularity/images/${name}.sif`);
    const there = ['cluster-bob', `${name}.sif`];
    const change = 'echo more >>~/src/data; rm ~/bin/script; cat ~/src/data; ls -A ~; ls -n ~/src/data';
    expect(await inside(person, name, `${askScript}; ${change}`, there)).toMatch(
      new RegExp(`^${builtAnswer(bob)}data\\nmore\\nbin\\nlib\\nsrc\\n-rw\\S+ +1 ${bob} +${bob} `),
    );
    expect(await inside(person, name, 'ls ~/bin', there)).toBe('greet\nsh\n');
    // Whoever packed it sees nothing of that.
    expect(await inside(person, name, 'cat ~/src/data; ls -A ~ ~/bin')).toMatch(
      /^data\n[\s\S]*\.netrc\n[\s\S]*script\n/,
    );
  });

  await test.step('a third account, with nothing but the runtime; then it is its own', async () => {
    await says(person, 'workspace', 'embed', name, sif, 'shown.sif');
    await askHost('cluster-carol', 'mkdir -p ~/.local/share/mysingularity/images');
    await says(person, 'push', 'shown.sif', `cluster-carol:.local/share/mysingularity/images/${name}.sif`);
    const image = `~/.local/share/mysingularity/images/${name}.sif`;
    const plain = (words: string) => askHost('cluster-carol', `cd /; apptainer ${words}`);
    expect(await plain(`run ${image} there`)).toMatch(/^hello from .*: there\n$/);
    expect(
      await plain(`exec ${image} sh -c 'echo $HOME; ~/bin/script; ~/bin/greet; touch ~/new || echo no'`),
    ).toMatch(
      new RegExp(
        `^/home/mysingularity\\nscript in /home/mysingularity as ${carol}\\nfrom a library as ${carol}\\ntouch: .*\\nno\\n$`,
      ),
    );
    const here = ['--host', 'cluster-carol', '--from', 'cluster-carol'];
    await says(person, 'workspace', 'adopt', `${name}.sif`, '--name', name, ...here);
    const there = ['cluster-carol', `${name}.sif`];
    expect(await inside(person, name, `${askScript}; touch ~/new`, there)).toBe(builtAnswer(carol));
    const { lineage } = await asks<Workspace>(person, 'workspace', 'show', name, '--host', 'cluster-carol');
    expect(lineage.map(({ what, by }) => `${what} ${by.split('@')[0]}`)).toEqual([
      expect.stringMatching(/^created /),
      'adopted carol',
    ]);
  });

  await test.step('deleted, nothing is left', async () => {
    for (const host of ['cluster-bob', 'cluster-carol']) {
      const removal = ['workspace', 'delete', name, '--host', host];
      expect(await person.workbench(removal)).toMatchObject({ status: 2, stdout: '' });
      await says(person, ...removal, '--yes');
      expectTold(await person.workbench([...removal, '--yes']), 'workspace.unknown', 3);
      expect(await askHost(host, 'ls -A ~/.local/share/mysingularity/workspaces')).not.toContain(name);
    }
  });
});

test('two copies are synced both ways; where both changed, a person decides', async ({ person }) => {
  test.setTimeout(180_000);
  const name = ownName();
  made.push({ host: 'cluster-bob', name });
  const mine = await says(person, 'workspace', 'create', name);
  await inside(person, name, 'mkdir ~/data; for n in a b c; do echo first >~/data/$n; done');
  await says(person, 'workspace', 'pack', name, 'packed.sif');
  await says(
    person,
    ...['workspace', 'adopt', 'packed.sif', '--name', name, '--host', 'cluster-bob', '--unpacked'],
  );
  const sync = ['workspace', 'sync', name, 'cluster-bob'];
  await says(person, ...sync);

  const theirs = `cd ~/.local/share/mysingularity/workspaces/${name}/home`;
  await inside(person, name, 'cd ~/data; echo again >a; echo here >c; echo new >../fromHere');
  await askHost('cluster-bob', `${theirs}; rm data/b; echo there >data/c; echo new >fromThere`);
  const plan = await asks<SyncPlan>(person, ...sync, '--dry-run');
  expect(plan.toOther.map(({ what, path }) => `${what} ${path}`).sort()).toEqual([
    'changed data/a',
    'new fromHere',
  ]);
  expect(plan.toHere.map(({ what, path }) => `${what} ${path}`).sort()).toEqual([
    'new fromThere',
    'removed data/b',
  ]);
  expect(plan.conflicts).toMatchObject([{ path: 'data/c', here: 'changed', there: 'changed' }]);
  const told = await says(person, ...sync, '--dry-run');
  expect(told).toMatch(/to the other +changed +6 B +data\/a\n/);
  expect(told).toMatch(/neither would be touched:\n.*\nchanged, 5 B.* changed, 6 B.* data\/c\n/);

  const partly = await person.workbench(sync);
  expectTold(partly, 'workspace.conflict', 1);
  expect(partly.stderr).toContain('data/c');
  const grep = 'grep . data/* from*';
  const both = 'data/a:again\ndata/c:SIDE\nfromHere:new\nfromThere:new\n';
  expect(await inside(person, name, `cd; ${grep}`)).toBe(both.replace('SIDE', 'here'));
  expect(await askHost('cluster-bob', `${theirs}; ${grep}`)).toBe(both.replace('SIDE', 'there'));

  expect(await says(person, ...sync, '--keep', 'here', 'data/c')).toBe(mine);
  expect(await askHost('cluster-bob', `${theirs}; ${grep}; find ! -user bob | wc -l`)).toBe(
    `${both.replace('SIDE', 'here')}0\n`,
  );
  expect(await asks<SyncPlan>(person, ...sync, '--dry-run')).toMatchObject({
    toOther: [],
    toHere: [],
    conflicts: [],
  });
});

test('goes back to a snapshot, forks, and is deleted whole', async ({ person }) => {
  const folder = await hasBuilt(person, 'tools');
  const id = (await says(person, 'workspace', 'snapshot', 'tools', '--note', 'before the upgrade')).trim();
  await says(person, 'workspace', 'fork', 'tools', 'trial');
  await inside(
    person,
    'tools',
    'rm -r ~/bin ~/lib; mkdir -p ~/spack/opt; echo 2 >~/spack/opt/file; chmod -R a-w ~/spack',
  );
  expect(await inside(person, 'trial', askScript)).toBe(builtAnswer(String(process.getuid?.())));
  expect(await says(person, 'workspace', 'restore', 'tools', id)).toMatch(/^[a-z0-9-]+\n$/);
  expect(await inside(person, 'tools', askScript)).toBe(builtAnswer(String(process.getuid?.())));
  const kept = await asks<readonly WorkspaceSnapshot[]>(person, 'workspace', 'snapshots', 'tools');
  expect(kept.map(({ note }) => note)).toContain('before the upgrade');
  expect(kept).toHaveLength(2);

  // Somebody who is at work in it is not put out of it unawares.
  const busy = person.startWorkbench(['exec', '--workspace', 'tools', sif, 'sh', '-c', 'echo on; sleep 60']);
  await busy.waitFor((output) => output.includes('on\n'));
  const refused = await person.workbench(['workspace', 'delete', 'tools', '--yes']);
  expectTold(refused, 'workspace.busy', 4);
  expect(await says(person, 'workspace', 'show', 'tools')).toMatch(/\nOpen: +\S+ on \S+, process \d+: /);
  busy.process.kill('SIGTERM');
  await busy.ended;

  await says(person, 'workspace', 'delete', 'tools', '--yes');
  await says(person, 'workspace', 'delete', 'trial', '--yes');
  expect(await readdir(join(folder, '..'))).toEqual([]);
});
