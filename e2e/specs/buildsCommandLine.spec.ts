import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { BuildPlan, BuildSummary } from '#core/contract/builds.ts';
import { askHost } from '../fixtures/clusterHosts.ts';
import { commandLineFile } from '../fixtures/folders.ts';
import type { Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { startInTerminal } from '../fixtures/pty.ts';
import { test } from '../fixtures/test.ts';
import { testbed, whyMissing } from '../testbed/testbed.ts';

const { tiny, registry, sudoPassword } = testbed();
const base = `Bootstrap: localimage\nFrom: ${tiny.sif}\n`;
test.use({ needs: ['user', 'apptainer', 'tiny', 'ssh'] });

async function hasDefinition(person: Person, name: string, rest: string): Promise<string> {
  const path = join(person.home, name);
  await writeFile(path, `${base}${rest}`);
  return path;
}
const inside = async (person: Person, image: string, ...words: readonly string[]) =>
  (await runProgram('apptainer', ['exec', image, ...words], { environment: person.environment })).stdout;

test('builds here, tells how an image was made, and runs its test', async ({ person }) => {
  const definition = await hasDefinition(
    person,
    'tool.def',
    '\n%post\n    echo "for {{ who }}" >/who\n    echo said in post\n\n%test\n    test -s /who\n',
  );
  const image = join(person.home, 'tool.sif');
  const words = ['--build-arg', 'who=the lab', image, definition];
  const planned = await person.workbench(['build', '--dry-run', '--json', ...words]);
  expect(JSON.parse(planned.stdout) as BuildPlan).toMatchObject({
    target: image,
    way: { canBuild: true },
    files: [{ kind: 'file', line: 2 }],
  });
  const built = await person.workbench(['build', ...words]);
  expect(built).toMatchObject({ status: 0, stdout: `${image}\n` });
  expect(built.stderr).toContain('\nsaid in post\n');
  expect(await inside(person, image, 'cat', '/who')).toBe('for the lab\n');

  expect(await person.workbench(['build', ...words])).toMatchObject({ status: 7 });
  expect(await person.workbench(['build', '--force', '--no-test', ...words])).toMatchObject({ status: 0 });
  expect(await person.workbench(['test', image])).toMatchObject({ status: 0 });

  const listed = await person.workbench(['builds', '--json']);
  const builds = JSON.parse(listed.stdout) as BuildSummary[];
  expect(builds.map(({ outcome, test: tested }) => [outcome, tested])).toEqual([
    ['succeeded', 'skipped'],
    ['succeeded', 'passed'],
  ]);
  const maker = await person.workbench(['builds', '--image', image, '--json']);
  expect(JSON.parse(maker.stdout)).toMatchObject({
    build: { id: builds[0]?.id },
    test: { outcome: 'passed' },
  });
  const id = builds[0]?.id ?? '';
  const methods = await person.workbench(['builds', id, '--methods']);
  expect(methods.stdout).toMatch(
    /^The container image tool\.sif \(sha256:\w{64}\) was built for .* who=the lab/,
  );
  const text = await person.workbench(['builds', id, '--definition']);
  expect(text.stdout).toBe(await readFile(definition, 'utf8'));
  expect(await person.workbench(['builds', id, '--rerun', '--force'])).toMatchObject({
    status: 0,
    stdout: `${image}\n`,
  });
});

test('leads to the line that failed, and leaves no image', async ({ person }) => {
  const definition = await hasDefinition(person, 'bad.def', '\n%post\n    true\n    cat /nothing\n');
  const image = join(person.home, 'bad.sif');
  const failed = await person.workbench(['build', image, definition]);
  expect(failed).toMatchObject({ status: 1, stdout: '' });
  expect(failed.stderr).toContain(`${definition}:6: cat /nothing`);
  expect(failed.stderr).toContain('[build.failed]');
  expect((await readdir(person.home)).filter((name) => name.includes('.sif'))).toEqual([]);
});

test('builds on another host as if it were here', async ({ person }) => {
  await writeFile(join(person.home, 'data.txt'), 'sent\n');
  const definition = await hasDefinition(
    person,
    'far.def',
    '\n%files\n    data.txt /opt/data.txt\n    results.csv /opt/\n\n%post\n    test "{{ token }}" = "$(cat /opt/data.txt)-secret"\n    uname -n >/where\n',
  );
  const image = join(person.home, 'far.sif');
  const environment = { ...person.environment, token: 'sent-secret' };
  const words = ['--on', 'cluster', '--secret-arg', 'token', image, definition];
  const missing = await person.workbench(['build', ...words], { environment });
  expect(missing).toMatchObject({ status: 1, stdout: '' });
  expect(missing.stderr).toContain('There is no “results.csv”');
  // What people need often lies where they cannot build.
  await askHost('cluster-bob', 'echo measured >results.csv');
  const misspelt = ['--from', 'result.csv=cluster-bob:results.csv'];
  expect(await person.workbench(['build', ...misspelt, ...words], { environment })).toMatchObject({
    status: 2,
  });
  const from = ['--from', 'results.csv=cluster-bob:results.csv'];
  const planned = await person.workbench(['build', '--dry-run', ...from, ...words], { environment });
  expect(planned.stdout).toMatch(/needs results\.csv: 9 B, 1 file at cluster-bob:\/\S*\/results\.csv\n/);
  const built = await person.workbench(['build', ...from, ...words], { environment });
  expect(built, built.stderr).toMatchObject({ status: 0, stdout: `${image}\n` });
  expect(built.stderr).not.toContain('sent-secret');
  expect(await inside(person, image, 'cat', '/opt/data.txt')).toBe('sent\n');
  expect(await inside(person, image, 'cat', '/opt/results.csv')).toBe('measured\n');
  await askHost('cluster-bob', 'rm results.csv');
  expect(await inside(person, image, 'cat', '/where')).toBe(await askHost('cluster', 'uname -n'));
  expect(await askHost('cluster', 'ls -A ~/.local/state/mysingularity/jobs')).not.toContain('far');
});

test('keeps checkpoints, begins at them, and puts two builds side by side', async ({ person }) => {
  const steps = (last: string) =>
    `\n%post\n    echo one >/one\n    # checkpoint: base\n    echo ${last} >/last\n`;
  const definition = await hasDefinition(person, 'steps.def', steps('early'));
  const image = join(person.home, 'steps.sif');
  const built = await person.workbench(['build', image, definition]);
  expect(built, built.stderr).toMatchObject({ status: 0 });
  expect(built.stderr).toContain('The checkpoint “base” (line 6) is kept.');
  await hasDefinition(person, 'steps.def', steps('late'));
  const planned = await person.workbench(['build', '--dry-run', '--force', image, definition]);
  expect(planned.stdout).toMatch(/^Checkpoint base \(line 6\): kept, /m);
  const again = await person.workbench(['build', '--force', image, definition]);
  expect(again.stderr).toContain('Goes on from the checkpoint “base” (line 6).');
  expect(await inside(person, image, 'cat', '/one', '/last')).toBe('one\nlate\n');

  const listed = await person.workbench(['builds', '--json']);
  const [late, early] = (JSON.parse(listed.stdout) as BuildSummary[]).map(({ id }) => id);
  const compared = await person.workbench(['builds', late ?? '', '--compare', early ?? '']);
  expect(compared.stdout).toMatch(/^~ +digest /m);
  expect(compared.stdout).toMatch(/^- {4}echo early >\/last\n\+ {4}echo late >\/last$/m);

  const other = await person.workbench(['build', '--checkpoints', 'off', `${image}2`, definition]);
  expect(other.stderr).not.toContain('checkpoint “base”');
  expect(await person.workbench(['compare', image, `${image}2`])).toMatchObject({ status: 1 }); // they differ
  const comparisons = await person.workbench(['comparisons']);
  const [id = ''] = comparisons.stdout.split(/\s/, 1);
  expect((await person.workbench(['comparisons', id])).stdout).toContain(image);
  await person.workbench(['comparisons', id, '--remove']);
  expect((await person.workbench(['comparisons'])).stdout.trim()).toBe('');

  const kept = await person.workbench(['checkpoints']);
  expect(kept.stdout).toMatch(/ base +steps\.def /);
  const removed = await person.workbench(['checkpoints', '--keep', '0']);
  expect(removed.stdout).toMatch(/^Removed 1 checkpoint, /);
  expect((await person.workbench(['checkpoints'])).stdout).toBe('No checkpoints are kept.\n');
});

test('builds as root through sudo at a terminal, and a Dockerfile without root', async ({ person }) => {
  const reason = whyMissing('sudo', 'registry');
  test.skip(reason !== null, reason ?? '');
  const from = `${registry}/${tiny.repository}:${tiny.tag}`;
  const definition = join(person.home, 'root.def');
  await writeFile(
    definition,
    `Bootstrap: docker\nFrom: ${from}\n\n%post\n    cat /proc/self/uid_map >/map\n`,
  );
  const image = join(person.home, 'root.sif');
  const words = ['build', '--sudo', image, definition];
  expect(await person.workbench(words)).toMatchObject({ status: 2, stdout: '' });
  const atTerminal = () => {
    const { environment, home: folder } = person;
    return startInTerminal(process.execPath, [commandLineFile, ...words], { environment, folder });
  };
  const given = atTerminal();
  await given.untilSeen('[sudo] password for');
  given.type('\u0003');
  expect((await given.ended).output).toContain('Ctrl-C was typed there');
  const built = atTerminal();
  await built.untilSeen('[sudo] password for');
  built.type(`${sudoPassword}\r`);
  const { status, output } = await built.ended;
  expect(status, output).toBe(0);
  expect(output).not.toContain(sudoPassword);
  expect(await inside(person, image, 'cat', '/map')).toMatch(/^\s*0\s+0\s+4294967295\n$/);

  await writeFile(join(person.home, 'Dockerfile'), `FROM ${from}\nRUN echo packed >/made\n`);
  const podman = await runProgram('podman', ['--version'], { environment: person.environment });
  test.skip(podman.status !== 0, 'podman is not installed');
  const packed = join(person.home, 'packed.sif');
  const ofDockerfile = await person.workbench(['build', packed, join(person.home, 'Dockerfile')]);
  expect(ofDockerfile, ofDockerfile.stderr).toMatchObject({ status: 0, stdout: `${packed}\n` });
  expect(await inside(person, packed, 'cat', '/made')).toBe('packed\n');
});
