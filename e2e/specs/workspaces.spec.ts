import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { askHost, hostSettings } from '../fixtures/clusterHosts.ts';
import type { Person } from '../fixtures/person.ts';
import { test } from '../fixtures/test.ts';
import { hostsPage } from '../pages/hostsPage.ts';
import { workbench } from '../pages/workbench.ts';
import { workspacesPage } from '../pages/workspacesPage.ts';
import { testbed } from '../testbed/testbed.ts';

const { sif } = testbed().tiny;
test.use({ needs: ['user', 'apptainer', 'tiny', 'ssh', 'browser'] });

const bobOfCluster = hostSettings({ bob: { destination: 'cluster-bob' } });
const carolOfCluster = hostSettings({ carol: { destination: 'cluster-carol' } });

/** Accounts of the ssh hosts are shared by all tests: what each makes there has a name of its own, and goes at the end. */
const name = `tools-${randomBytes(4).toString('hex')}`;
const workspaceThere = `~/.local/share/mysingularity/workspaces/${name}`;
const imageThere = `~/.local/share/mysingularity/images/${name}.sif`;
test.afterEach(async () => {
  const places = `${workspaceThere} ${imageThere}`;
  for (const host of ['cluster-bob', 'cluster-carol'])
    await askHost(host, `chmod -R u+rwX ${places} 2>/dev/null; rm -rf ${places}`);
});

/** Sends an image to an account, and says its whole path there. */
async function send(person: Person, file: string, host: string): Promise<string> {
  await askHost(host, 'mkdir -p ~/.local/share/mysingularity/images');
  const to = `${host}:.local/share/mysingularity/images/${name}.sif`;
  const sent = await person.workbench(['push', file, to]);
  expect(sent, sent.stderr).toMatchObject({ status: 0 });
  return sent.stdout.trim();
}

/** Makes a workspace of this machine by the command line, with what a script leaves in it. */
async function hasWorkspace(person: Person, script: string): Promise<void> {
  const steps = [
    ['workspace', 'create', name],
    ['exec', '--workspace', name, sif, 'sh', '-c', script],
  ];
  for (const words of steps) {
    const ended = await person.workbench(words);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
  }
}

const program = `mkdir bin; ln -s /bin/sh bin/sh; printf '#!/home/mysingularity/bin/sh\\necho "made here, run by $(id -u)"\\n' >bin/own; chmod 755 bin/own`;

test('what is built in a workspace is packed, adopted by another account, run and changed there', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(180_000);
  await person.hasSettings(bobOfCluster);
  const image = await person.hasImage(sif, 'tiny.sif');
  const theirs = await send(person, sif, 'cluster-bob');
  const bob = (await askHost('cluster-bob', 'id -u')).trim();
  const { page } = await openWorkbench();
  const app = workbench(page);
  const workspaces = workspacesPage(page);

  await test.step('made, and opened in a container in which the program is built', async () => {
    await app.goTo('Workspaces');
    await workspaces.make(name, { image, description: 'What the lab runs' });
    const run = await (await workspaces.choose(name)).openIn(image);
    await expect(run.command).toContainText(':/home/mysingularity');
    const shell = await run.submit();
    await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
    await shell.type(program);
    await shell.type('echo machine x login y password z >.netrc; bin/own; pwd');
    await expect(shell.screen).toContainText(`made here, run by ${process.getuid?.()}`);
    await expect(shell.screen).toContainText('/home/mysingularity');
    await shell.type('exit');
    await app.goTo('Workspaces');
  });

  await test.step('packed: what will not travel is listed before', async () => {
    const dialog = await (await workspaces.choose(name)).openDialog('Pack…');
    await expect(dialog.getByRole('region', { name: 'Secrets' })).toContainText('.netrc');
    await expect(dialog.getByRole('region', { name: 'Links that lead out' })).toContainText('bin/sh');
    await expect(dialog).toContainText('1 left out');
    await dialog.getByRole('button', { name: 'Pack', exact: true }).click();
    await expect(dialog).toBeHidden();
    await app.goTo('Images');
    await expect(app.images.row(`${name}.sif`)).toBeVisible({ timeout: 30_000 });
  });

  await test.step('adopted by bob, whose it is', async () => {
    await app.goTo('Hosts');
    const host = await hostsPage(page).choose('bob');
    await host.connect();
    await host.untilConnected();
    await app.showHost('bob');
    await app.goTo('Workspaces');
    await workspaces.adopt(join(person.images, `${name}.sif`), name, { fileHost: 'local' });
    const adopted = await workspaces.choose(name);
    await expect(adopted.pane).toContainText('Unpacked: plain files below', { timeout: 30_000 });
    const run = await adopted.openIn(theirs);
    const shell = await run.submit();
    await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
    await shell.type('id -u; bin/own; echo more >changed; rm bin/sh; find . ! -user bob | wc -l; ls -ln');
    await expect(shell.screen).toContainText(`made here, run by ${bob}`);
    await expect(shell.screen).toContainText(new RegExp(`-rw\\S+ +1 +${bob} +${bob} .* changed`));
  });
});

test('an image with a workspace in it shows it to everybody; who adopts it owns it', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(180_000);
  await person.hasSettings(carolOfCluster);
  const image = await person.hasImage(sif, 'tiny.sif');
  await hasWorkspace(person, `cd; ${program}`);
  const carol = (await askHost('cluster-carol', 'id -u')).trim();
  const { page } = await openWorkbench();
  const app = workbench(page);
  const workspaces = workspacesPage(page);

  await app.goTo('Workspaces');
  const dialog = await (await workspaces.choose(name)).openDialog('Embed in an image…');
  await workspaces.fillPath(dialog.getByRole('combobox', { name: 'Image', exact: true }), image);
  await dialog.getByLabel('File name').fill('shown.sif');
  await expect(dialog).toContainText('Everybody who may read the image sees');
  await dialog.getByRole('button', { name: 'Embed', exact: true }).click();
  await expect(dialog).toBeHidden();
  await app.goTo('Images');
  await expect(app.images.row('shown.sif')).toBeVisible({ timeout: 30_000 });

  const theirs = await send(person, join(person.images, 'shown.sif'), 'cluster-carol');
  const plain = (words: string) => askHost('cluster-carol', `cd /; apptainer ${words}`);
  expect(await plain(`run ${theirs} there`)).toMatch(/^hello from .*: there\n$/);
  expect(
    await plain(`exec ${theirs} sh -c 'echo $HOME; ~/bin/own; touch ~/new 2>/dev/null || echo no'`),
  ).toBe(`/home/mysingularity\nmade here, run by ${carol}\nno\n`);

  await app.goTo('Hosts');
  const host = await hostsPage(page).choose('carol');
  await host.connect();
  await host.untilConnected();
  await app.showHost('carol');
  await app.goTo('Workspaces');
  await workspaces.adopt(theirs, name);
  const run = await (await workspaces.choose(name)).openIn(theirs);
  const shell = await run.submit();
  await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
  await shell.type('echo mine >new; bin/own; ls -ln');
  await expect(shell.screen).toContainText(`made here, run by ${carol}`);
  await expect(shell.screen).toContainText(new RegExp(`-rw\\S+ +1 +${carol} +${carol} .* new`));
});

test('a workspace and its copy are synced after a look; where both changed, a person decides', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(180_000);
  await person.hasSettings(bobOfCluster);
  await hasWorkspace(person, 'cd; mkdir data; echo first >data/kept; echo first >data/both');
  const commands = [
    ['workspace', 'pack', name, 'packed.sif'],
    ['workspace', 'adopt', 'packed.sif', '--name', name, '--host', 'cluster-bob', '--unpacked'],
    [
      'exec',
      '--workspace',
      name,
      sif,
      'sh',
      '-c',
      'cd; echo here >data/both; echo new >fromHere; echo machine x >.netrc',
    ],
  ];
  for (const words of commands) {
    const ended = await person.workbench(words);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
  }
  await askHost(
    'cluster-bob',
    `cd ${workspaceThere}/home; echo there, longer >data/both; echo new >fromThere`,
  );
  const { page } = await openWorkbench();
  const app = workbench(page);
  const workspaces = workspacesPage(page);
  await app.goTo('Hosts');
  const host = await hostsPage(page).choose('bob');
  await host.connect();
  await host.untilConnected();

  await app.showHost('local');
  await app.goTo('Workspaces');
  const copy = await workspaces.choose(name);
  const dialog = await copy.openDialog('Sync…');
  await expect(dialog.getByRole('combobox', { name: 'Its copy there' })).toContainText(name);
  await dialog.getByRole('button', { name: 'See what would happen' }).click();
  await expect(dialog.getByRole('region', { name: 'To bob' })).toContainText('fromHere');
  await expect(dialog.getByRole('region', { name: 'To local' })).toContainText('fromThere');
  const conflicts = dialog.getByRole('region', { name: 'Changed on both sides' });
  await expect(conflicts).toContainText('data/both');
  await expect(conflicts).toContainText(/local: new, 5 B, .*; bob: new, 14 B/);
  await expect(conflicts).toContainText('1 conflict stays open');
  const secrets = dialog.getByRole('region', { name: 'Secrets' });
  await expect(secrets).toContainText('On local: .netrc usually holds passwords or tokens');
  await expect(secrets).toContainText('left out');
  // A look changes nothing.
  expect(await askHost('cluster-bob', `ls ${workspaceThere}/home`)).toBe('data\nfromThere\n');
  await dialog.getByRole('combobox', { name: 'Which side of data/both counts' }).click();
  await page.getByRole('option', { name: 'Keep bob' }).click();
  await expect(conflicts).toContainText('0 conflicts stay open');
  await dialog.getByRole('button', { name: 'Sync', exact: true }).click();
  await expect(dialog).toBeHidden();
  const there = () => askHost('cluster-bob', `cd ${workspaceThere}/home; grep . data/* from*`);
  const same = 'data/both:there, longer\ndata/kept:first\nfromHere:new\nfromThere:new\n';
  await expect.poll(there, { timeout: 30_000 }).toBe(same);
  expect(await askHost('cluster-bob', `ls -A ${workspaceThere}/home`)).not.toContain('.netrc');
  const here = await person.workbench([
    'exec',
    '--workspace',
    name,
    sif,
    'sh',
    '-c',
    'cd; grep . data/* from*',
  ]);
  expect(here.stdout).toBe(same);
});
