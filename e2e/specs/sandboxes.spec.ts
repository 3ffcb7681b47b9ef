import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { sandboxesPage } from '../pages/sandboxesPage.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'subuid', 'browser'] });

test('a sandbox is made from a registry, changed, compared, put back, frozen and deleted whole', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(180_000);
  await person.hasSettings({ welcomed: true });
  const { page } = await openWorkbench();
  const app = workbench(page);
  const sandboxes = sandboxesPage(page);
  await app.goTo('Sandboxes');
  await expect(page.getByRole('main')).toContainText('A sandbox is a folder with the files of an image');

  const form = await sandboxes.openNew();
  await form.fill('Reference', `docker://${bed.registry}/${bed.tiny.repository}:v1`);
  await expect(form.dialog).toContainText('apptainer build --sandbox');
  await expectAccessible(page, 'new sandbox');
  const tool = await form.make('tiny_v1');
  await expect(tool.pane).toContainText(/sha256:[0-9a-f]{64}/);
  await expect(tool.ways).toContainText('What you change stays.');
  await expectAccessible(page, 'overview');

  await test.step('what is typed in a writable shell stays, and is told', async () => {
    const shell = await tool.openShell('Writable');
    await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
    await shell.type('echo kept > /added.txt; rm /bin/ash; echo do""ne');
    await expect(shell.screen).toContainText('done');
    await shell.type('exit');
    await expect(shell.pane).toContainText(/ended|exit/i);
    const files = await tool.compare();
    await expect(files.getByRole('row', { name: /\/added\.txt/ })).toContainText(/added.*5 B/);
    await expect(files.getByRole('row', { name: /\/bin\/ash/ })).toContainText('removed');
    await expectAccessible(page, 'changes');
  });

  await test.step('a snapshot is kept, and gone back to; what was there is kept', async () => {
    await tool.keepSnapshot('before root');
    const shell = await tool.openShell('Writable as root');
    await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
    await shell.type('mkdir /own && touch /own/file && chown -R 5:5 /own && chmod 700 /own && echo do""ne');
    await expect(shell.screen).toContainText('done');
    await shell.type('exit');
    await tool.fromMenu('Measure');
    await tool.showTab('Overview');
    await expect(tool.pane).toContainText('some files belong to subordinate ids', { timeout: 30_000 });
    await tool.goBack('before root');
    const files = await tool.compare();
    await expect(files.getByRole('row', { name: /\/added\.txt/ })).toBeVisible();
    await expect(files.getByRole('row', { name: /\/own/ })).toHaveCount(0);
    await tool.showTab('Snapshots');
    await expectAccessible(page, 'snapshots');
  });

  await test.step('it is frozen to a SIF that runs, has the change, and says where it comes from', async () => {
    const freeze = await tool.openFreeze();
    await expect(freeze).toContainText('What the SIF records');
    await expectAccessible(page, 'freeze');
    await freeze.getByRole('button', { name: 'Freeze', exact: true }).click();
    await expect(freeze).toBeHidden();
    const frozen = join(person.images, 'tiny_v1.sif');
    await expect.poll(() => existsSync(frozen), { timeout: 30_000 }).toBe(true);
    const inside = (...words: readonly string[]) =>
      runProgram('apptainer', [...words], { environment: person.environment, folder: person.home });
    expect(await inside('exec', frozen, 'cat', '/added.txt')).toMatchObject({ status: 0, stdout: 'kept\n' });
    expect((await inside('inspect', frozen)).stdout).toContain('image.base.digest: sha256:');
  });

  await test.step('its commands open as a draft in the editor', async () => {
    await tool.fromMenu('Draft definition…');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Builds');
    await expect(page.getByRole('button', { name: /^tiny_v1\.def/ }).first()).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Bootstrap: docker');
    await app.goTo('Sandboxes');
  });

  await test.step('it is deleted with its snapshots, of which some files are of other ids', async () => {
    await (await sandboxes.choose('tiny_v1')).remove();
    expect(await readdir(person.images)).toEqual(['tiny_v1.sif']);
  });
});
