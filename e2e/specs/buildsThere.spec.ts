import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { type BuildInput, buildInputSchema } from '#core/contract/builds.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import { openClient } from '../fixtures/client.ts';
import { askHost, hostSettings, taskUntil } from '../fixtures/clusterHosts.ts';
import { startHost } from '../fixtures/host.ts';
import type { Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { buildsPage } from '../pages/buildsPage.ts';
import { hostsPage } from '../pages/hostsPage.ts';
import { workbench } from '../pages/workbench.ts';
import { cutLink, resetCluster, restoreLink, testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'tiny', 'ssh', 'sshFar', 'browser'] });
test.afterEach(resetCluster);

const bed = testbed();
const hosts = { far: { destination: 'cluster-far' }, cluster: { destination: 'cluster' } };
const images = '/home/alice/.local/share/mysingularity/images';
const jobs = '/home/alice/.local/state/mysingularity/jobs';
const flag = '/tmp/go-on';

/** What a host has in its image folder and of jobs, hidden things too. */
const whatIsOn = (host: string) => askHost(host, `ls -A ${images}; ls -A ${jobs} 2>/dev/null; true`);

test.beforeEach(async ({ person }) => {
  for (const host of ['cluster-far', 'cluster']) {
    await askHost(host, `rm -rf ${images} ${jobs} ${flag}; mkdir -p ${images}`);
  }
  await person.hasSettings(hostSettings(hosts));
});

/** Its %post says that it waits, and goes on when the flag is there: the /tmp of the host is seen in it. */
const waiting = (files: string, last: string) =>
  [
    `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n${files}\n%post`,
    `    echo waiting\n    until test -e ${flag}; do sleep 0.1; done\n    rm ${flag}`,
    `    ${last}\n`,
  ].join('\n');

async function madeBy(person: Person, image: string): Promise<string> {
  const made = await runProgram('apptainer', ['exec', join(person.images, image), 'cat', '/made'], {
    environment: person.environment,
    folder: person.home,
  });
  return made.stdout + made.stderr;
}

test('builds on a cluster of files from another one, over a cut link, and the image comes back', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(240_000);
  await askHost('cluster', 'echo measured >results.csv');
  const file = join(person.home, 'tool.def');
  await writeFile(file, waiting('\n%files\n    results.csv /opt/\n', 'cp /opt/results.csv /made'));
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.goTo('Hosts');
  for (const name of ['far', 'cluster']) {
    const host = await hostsPage(page).choose(name);
    await host.connect();
    await host.untilConnected();
  }

  await bench.goTo('Builds');
  const builds = buildsPage(page);
  await builds.open(file);
  const form = await builds.openBuild();
  await form.chooseHost('far');
  await form.pick('results.csv', 'cluster', '/home/alice/results.csv');
  await expect(form.dialog.getByRole('region', { name: 'Files that it needs' })).toContainText(
    '/home/alice/results.csv',
  );
  await form.submit();
  await expect(builds.build).toContainText('waiting', { timeout: 60_000 });

  await cutLink();
  await expect(builds.build).toContainText('The work goes on there.', { timeout: 60_000 });
  await restoreLink();
  await bench.goTo('Hosts');
  const far = await hostsPage(page).choose('far');
  await far.connect();
  await far.untilConnected();
  await bench.goTo('Builds');
  await askHost('cluster-far', `touch ${flag}`);
  await expect(builds.build).toContainText('succeeded', { timeout: 90_000 });
  expect(await madeBy(person, 'tool.sif')).toBe('measured\n');
  expect(await readdir(person.images)).toEqual(['tool.sif']);
  expect(await whatIsOn('cluster-far')).toBe('');
  await askHost('cluster', 'rm results.csv');
});

test('a definition of a cluster is edited there, and built there beside its files', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(180_000);
  const folder = (await askHost('cluster', 'mktemp -d /home/alice/there-XXXXXX')).trim();
  await askHost('cluster', `cd ${folder}; echo measured >results.csv; echo Bootstrap: scratch >tool.def`);
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.goTo('Hosts');
  const host = await hostsPage(page).choose('cluster');
  await host.connect();
  await host.untilConnected();
  await bench.goTo('Builds');
  const builds = buildsPage(page);
  await builds.open(`${folder}/tool.def`, 'cluster');
  const text = `Bootstrap: localimage\nFrom: base.sif\n\n%files\n    results.csv /made\n`;
  await builds.write(text);
  await page.keyboard.press('Control+S');
  await expect.poll(() => askHost('cluster', `cat ${folder}/tool.def`)).toBe(text);

  await askHost('cluster', `echo Bootstrap: scratch >${folder}/tool.def`);
  await builds.write(`${text}\n%post\n    true\n`);
  await page.keyboard.press('Control+S');
  await expect(page.getByText('tool.def was changed by somebody else')).toBeVisible();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  const form = await builds.openBuild();
  await form.chooseHost('cluster');
  const files = form.dialog.getByRole('region', { name: 'Files that it needs' });
  await expect(files.getByRole('row', { name: /results\.csv/ })).toContainText('used as it lies');
  await form.pick('base.sif', 'local', bed.tiny.sif);
  await form.submit();
  await expect(builds.build).toContainText('succeeded', { timeout: 90_000 });
  expect(await madeBy(person, 'tool.sif')).toBe('measured\n');
  expect(await askHost('cluster', `ls -A ${folder}`)).toBe('results.csv\ntool.def\n');
  expect(await askHost('cluster', `cat ${folder}/tool.def`)).toContain('%post');
  expect(await whatIsOn('cluster')).toBe('');
  await askHost('cluster', `rm -r ${folder}`);
});

test('a workbench that is started again after a kill finds its build, and ends it', async ({ person }) => {
  test.setTimeout(180_000);
  const clusterId = hostIdSchema.parse('cluster');
  const input: BuildInput = buildInputSchema.parse({
    definition: {
      kind: 'text',
      text: waiting('', 'echo kept >/made'),
      folder: hostPathFromText(person.home),
      name: 'killed.def',
    },
    hostId: clusterId,
    target: { hostId: localHostId, folder: null, fileName: null },
    form: 'sif',
    buildArguments: [],
    binds: [],
    nv: false,
    architecture: null,
    noTest: false,
    compression: null,
    sourceDateEpoch: null,
    overwrite: false,
    temporaryFolder: null,
  });
  const start = async () => {
    const host = await startHost(person);
    const door = await openClient(host);
    await door.client.hosts.connect({ hostId: clusterId });
    return { host, ...door };
  };
  const before = await start();
  const { taskId } = await before.client.builds.build(input);
  await taskUntil(
    before.client,
    taskId,
    ({ status }) => status.state === 'running' && status.progress.text === 'Running post scriptlet',
  );
  await before.host.kill();
  before.close();
  expect(await whatIsOn('cluster')).not.toBe('');

  const after = await start();
  try {
    await askHost('cluster', `touch ${flag}`);
    const task = await taskUntil(after.client, taskId, ({ status }) => status.state === 'succeeded');
    expect(task.target).toBe(join(person.images, 'killed.sif'));
    expect(await madeBy(person, 'killed.sif')).toBe('kept\n');
    expect(await whatIsOn('cluster')).toBe('');
  } finally {
    after.close();
    await after.host.stop();
  }
});
