import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { dropFile } from '../pages/importDialog.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'registry', 'authRegistry', 'tokenRegistry', 'tiny', 'browser'] });

test('an image is found, looked into, pulled by digest, imported, and pushed back', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(240_000);
  // Nobody's registries but the test bed's are asked.
  await person.hasSettings({ welcomed: true, registries: [] });
  const { page } = await openWorkbench();
  const app = workbench(page);
  const apptainer = (...args: readonly string[]) =>
    runProgram('apptainer', args, { environment: person.environment, folder: person.home });

  await test.step('three registries are added, each asked what it is', async () => {
    await app.goTo('Registries');
    await expect(page.getByRole('main')).toContainText('No registries yet');
    await app.registries.add(bed.registry, 'Open');
    await app.registries.add(bed.authRegistry.address, 'Locked');
    await app.registries.add(bed.tokenRegistry.address, 'Tokens');
    await expect(app.registries.list.getByRole('listitem')).toHaveCount(3);
  });

  await test.step('one of them wants to know who asks', async () => {
    const locked = await app.registries.open('Locked');
    await expect(locked.region).toContainText('wants you to sign in');
    await locked.signIn({ userName: bed.authRegistry.userName, password: bed.authRegistry.password });
    await expect(locked.access).toContainText(`Signed in as ${bed.authRegistry.userName}`);
    await expect(locked.repositories).toContainText('demo/tiny');
  });

  const open = await app.registries.open('Open');
  await open.search('tiny');
  const repository = await open.openRepository('demo/tiny');
  const image = await repository.choose('v1');
  await test.step('its layers are shown with what made them, and nothing is downloaded', async () => {
    await expect(image.pane).toContainText('linux/amd64');
    const layers = await image.showTab('Layers');
    await expect(layers.getByRole('row').or(layers.getByRole('option')).first()).toBeVisible();
    await expect(layers).toContainText('tar+gzip');
  });

  await test.step('it is pulled by its digest, to a SIF and to a sandbox', async () => {
    await image.referTo('by digest');
    await expect(image.pane).toContainText('demo/tiny@sha256:');
    const sif = await image.pullTo('SIF');
    await expect(sif.byHand).toContainText('apptainer pull');
    await expect(sif.byHand).toContainText('@sha256:');
    await sif.fileName.fill('tiny.sif');
    await sif.submit();
    await app.goTo('Images');
    await expect(app.images.row('tiny.sif')).toBeVisible({ timeout: 60_000 });

    await app.goTo('Registries');
    const sandbox = await image.pullTo('sandbox');
    await expect(sandbox.byHand).toContainText('apptainer build --sandbox');
    await page
      .getByRole('dialog')
      .getByRole('textbox', { name: /^(File name|Name of the folder)$/ })
      .fill('tiny');
    await sandbox.submit();
    await app.goTo('Images');
    await expect(app.images.row('tiny')).toBeVisible({ timeout: 60_000 });
    for (const name of ['tiny.sif', 'tiny'])
      expect(await apptainer('exec', join(person.images, name), 'echo', 'inside')).toMatchObject({
        stdout: 'inside\n',
      });
  });

  await test.step('an archive becomes an image when it is dropped on the window', async () => {
    const archive = join(person.home, 'saved.tar');
    const source = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    const copy = ['--insecure-policy', 'copy', '--src-tls-verify=false', source, `docker-archive:${archive}`];
    const saved = await runProgram('skopeo', copy, { environment: person.environment });
    expect(saved, saved.stderr).toMatchObject({ status: 0 });
    const form = await dropFile(page, archive, 'saved.tar');
    await expect(form.dialog).toContainText('A docker archive');
    await form.fileName.fill('dropped.sif');
    await form.submit();
    await expect(app.images.row('dropped.sif')).toBeVisible({ timeout: 60_000 });
    expect(await apptainer('exec', join(person.images, 'dropped.sif'), 'echo', 'inside')).toMatchObject({
      stdout: 'inside\n',
    });
  });

  await test.step('a SIF is pushed, and the runtime itself pulls it', async () => {
    const reference = `oras://${bed.registry}/publish/${randomBytes(6).toString('hex')}:v1`;
    const form = await (await app.images.choose('tiny.sif')).openPublishDialog();
    await form.reference.fill(reference);
    await expect(form.dialog).toContainText('Nothing has this tag yet.');
    await form.submit();
    const tasks = await app.showDock('Tasks');
    await expect(
      tasks
        .getByRole('row', { name: new RegExp(reference) })
        .or(tasks.getByText(reference))
        .first(),
    ).toBeVisible();
    const theirs = join(person.home, 'theirs.sif');
    await expect
      .poll(async () => (await apptainer('pull', '--force', theirs, reference)).status, { timeout: 60_000 })
      .toBe(0);
    const bytes = await readFile(join(person.images, 'tiny.sif'));
    expect((await readFile(theirs)).equals(bytes)).toBe(true);
  });

  expect((await readdir(person.images)).sort()).toEqual(['dropped.sif', 'tiny', 'tiny.sif']);
});
