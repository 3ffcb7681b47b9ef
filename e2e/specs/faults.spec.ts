import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { Person } from '../fixtures/person.ts';
import { listedRegistry } from '../fixtures/registryTour.ts';
import { test } from '../fixtures/test.ts';
import { signInForm } from '../pages/registriesPage.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

test.beforeEach(async ({ person }) => {
  await person.hasSettings({ welcomed: true });
  await mkdir(person.images, { recursive: true });
});

/** Pulls in the window, and answers where the failure is told: in the form, or in the row of the pull. */
async function failingPull(page: Page, reference: string) {
  const { images } = workbench(page);
  const dialog = await images.openPullDialog();
  await dialog.reference.fill(reference);
  await dialog.submit();
  const row = images.pull(reference);
  await expect(
    dialog.problem.or(row.row.getByRole('button', { name: 'What happened' })).first(),
  ).toBeVisible();
  return (await dialog.dialog.isVisible()) ? dialog.problem.first() : await row.showError();
}

const failures = [
  { says: 'an unknown host', reference: 'docker://no-such-registry.invalid/a/b:1', title: /was not found/ },
  { says: 'a refused port', reference: 'docker://127.0.0.1:3/a/b:1', title: /refuses connections/ },
  {
    says: 'a missing tag',
    reference: `docker://${bed.registry}/${bed.tiny.repository}:nosuch`,
    title: /was not found/,
  },
  {
    says: 'a missing sign-in',
    reference: `docker://${bed.authRegistry.address}/demo/tiny:v1`,
    title: /wants you to sign in/,
  },
];
for (const { says, reference, title } of failures) {
  test(`${says} is told with its cause and the next step`, async ({ openWorkbench }) => {
    const { page } = await openWorkbench();
    const notice = await failingPull(page, reference);
    await expect(notice).toContainText(title);
    await expect(notice.locator('p')).not.toHaveCount(1);
    await expect(notice.getByText('Evidence')).toBeVisible();
  });
}

test('a pull that failed for want of a sign-in goes on after it', async ({ person, openWorkbench }) => {
  const { address, userName, password } = bed.authRegistry;
  await person.hasSettings({ welcomed: true, registries: [listedRegistry('Locked', 'oci', address)] });
  const { page } = await openWorkbench();
  const app = workbench(page);
  await app.goTo('Registries');
  const locked = await app.registries.open('Locked');
  await expect(locked.region.getByRole('alert')).toContainText('wants you to sign in');
  await app.goTo('Images');
  const notice = await failingPull(page, `docker://${address}/demo/tiny:v1`);
  await notice.getByRole('button', { name: 'Sign in…' }).click();
  const form = signInForm(page);
  await form.fill({ userName, password });
  await form.submit();
  await expect(app.images.row('tiny_v1.sif')).toBeVisible({ timeout: 60_000 });
  // And what the registry refused to show is asked for again.
  await app.goTo('Registries');
  await expect(locked.repositories).toContainText('demo/tiny');
  await expect(locked.access).toContainText(`Signed in as ${userName}`);
});

test('a malformed reference is told while it is typed', async ({ openWorkbench }) => {
  const { page } = await openWorkbench();
  const dialog = await workbench(page).images.openPullDialog();
  await dialog.reference.fill('docker://example.org/Upper Case');
  await expect(dialog.problem).toContainText('is not the name of an image');
});

test('a reference that stopped working is explained, and taken where it still works', async ({
  openWorkbench,
}) => {
  const { page } = await openWorkbench();
  const { dialog, reference, problem, fileName } = await workbench(page).images.openPullDialog();
  await reference.fill('library://alpine');
  await expect(dialog).toContainText('Apptainer has no default library');
  await expect(dialog).toContainText('library.sylabs.io');
  await expect(problem).toBeHidden();
  await expect(fileName).toHaveValue('alpine_latest.sif');
});

test('a registry that asks to wait is told with its wait', async ({ openWorkbench, registryProxy }) => {
  registryProxy.answer(/\/manifests\//, 429, { 'Retry-After': '3600' });
  const { page } = await openWorkbench();
  const notice = await failingPull(page, `docker://${registryProxy.address}/${bed.tiny.repository}:v1`);
  await expect(notice).toContainText('asks to wait');
  await expect(notice).toContainText(/1 h|60 min/);
});

test('a target that exists is kept until the person says otherwise', async ({ person, openWorkbench }) => {
  await writeFile(join(person.images, 'tiny_v1.sif'), 'precious');
  const { page } = await openWorkbench();
  const { images } = workbench(page);
  const dialog = await images.openPullDialog();
  await dialog.reference.fill(`docker://${bed.registry}/${bed.tiny.repository}:v1`);
  await expect(dialog.dialog).toContainText('A file of this name is there already');
  await dialog.dialog.getByLabel('Overwrite it').check();
  await dialog.submit();
  await expect(images.row('tiny_v1.sif')).toContainText('amd64');
});

test('names that attack a shell or the screen stay names', async ({ person, openWorkbench }) => {
  const names = ['two words.sif', `it's "quoted".sif`, '-dash.sif', '<img src=x onerror=alert(1)>.sif'];
  for (const name of names) await copyFile(bed.tiny.sif, join(person.images, name));
  const { page } = await openWorkbench();
  page.on('dialog', (dialog) => {
    throw new Error(`A file name ran as script: ${dialog.message()}`);
  });
  const { images } = workbench(page);
  for (const name of names) await expect(images.row(name)).toBeVisible();
  const shell = await (await images.choose(`it's "quoted".sif`)).openShell();
  await expect(shell.screen).toContainText('Apptainer>');
});

test('files that are no images are told apart', async ({ person, openWorkbench }) => {
  await damagedLibrary(person);
  const { page } = await openWorkbench();
  const { images } = workbench(page);
  await expect(images.row('letter.sif')).toContainText('damaged');
  const detail = await images.choose('letter.sif');
  await expect(detail.pane).toContainText('not those of an image');
});

async function damagedLibrary(person: Person): Promise<void> {
  await writeFile(join(person.images, 'letter.sif'), 'Dear reader,\n');
}
