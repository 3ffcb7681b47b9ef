import { expect } from '@playwright/test';
import { startHost } from '../fixtures/host.ts';
import { test } from '../fixtures/test.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

test.beforeEach(async ({ person }) => {
  await person.hasSettings({ welcomed: true });
});

test('what was done is still known after the workbench ended and started again', async ({ person, page }) => {
  const reference = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
  const first = await startHost(person);
  await page.goto(first.launchUrl);
  const app = workbench(page);
  const dialog = await app.images.openPullDialog();
  await dialog.reference.fill(reference);
  await dialog.submit();
  await expect(app.images.row('tiny_v1.sif')).toBeVisible();
  await first.stop();
  await expect(page.getByText('The workbench’s core does not answer.').first()).toBeVisible();

  const second = await startHost(person);
  await page.goto(second.launchUrl);
  const tasks = await app.showDock('Tasks');
  await expect(tasks.getByText(reference).first()).toBeVisible();
  const commands = await app.showDock('Commands');
  await expect(commands).toContainText(/apptainer .*build/);
  await second.stop();
});

test('a pull that was killed with the core is told as interrupted, and can be repeated', async ({
  person,
  page,
  registryProxy,
}) => {
  const reference = `docker://${registryProxy.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
  registryProxy.holdAfter(100_000);
  const first = await startHost(person);
  await page.goto(first.launchUrl);
  const app = workbench(page);
  const dialog = await app.images.openPullDialog();
  await dialog.reference.fill(reference);
  await dialog.submit();
  await expect(app.images.pull(reference).progress).toBeVisible();
  await first.kill();
  registryProxy.release();

  const second = await startHost(person);
  await page.goto(second.launchUrl);
  const pull = app.images.pull(reference);
  await expect(pull.row).toContainText('The workbench ended while this was running');
  await pull.retry();
  await expect(app.images.row('tiny_v1.sif')).toBeVisible();
  await second.stop();
});

test('a pull of the command line is seen in the window', async ({ person, openWorkbench, registryProxy }) => {
  const reference = `docker://${registryProxy.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
  const { page } = await openWorkbench();
  const { images } = workbench(page);
  registryProxy.holdAfter(100_000);
  const pull = person.startWorkbench(['pull', reference]);
  const row = images.grid.getByRole('row').filter({ hasText: reference });
  await expect(row).toContainText('from the command line');
  registryProxy.release();
  expect((await pull.ended).status).toBe(0);
  await expect(images.row('tiny_v1.sif')).toBeVisible();
});

test('a closing window asks while work is running, and only then', async ({
  person,
  openWorkbench,
  registryProxy,
}) => {
  await person.hasImage(bed.tiny.sif, 'tiny.sif');
  const { page, host } = await openWorkbench();
  test.skip(host === null, 'the desktop application asks with a dialog of the system');
  const { images } = workbench(page);
  await expect(images.row('tiny.sif')).toBeVisible();
  registryProxy.holdAfter(100_000);
  const dialog = await images.openPullDialog();
  await dialog.reference.fill(`docker://${registryProxy.address}/${bed.tiny.repository}:v1`);
  await dialog.submit();
  await expect(images.grid.getByRole('progressbar')).toBeVisible();
  const asked = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();
  await closing;
  expect(page.isClosed()).toBe(false);
});
