import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { actionDialog } from '../pages/actionDialog.ts';
import { compareImages } from '../pages/comparePage.ts';
import { createKey, encryptImage, signImage, verifyImage } from '../pages/trustDialogs.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

const passphrase = 'only for the test';

test('an image is signed with a new key and verified, and a change of it is seen', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(180_000);
  await person.hasSettings({ welcomed: true });
  const image = join(person.images, 'tiny.sif');
  await mkdir(person.images, { recursive: true });
  await copyFile(bed.tiny.sif, image);
  const { page } = await openWorkbench();
  const app = workbench(page);

  await test.step('a key is made', async () => {
    await app.goTo('Keys');
    await expect(page.getByRole('main')).toContainText('No keys yet');
    const key = await createKey(page, { name: 'Ada Example', email: 'ada@example.org', passphrase });
    await expect(key).toContainText('private');
    await expect(key).toContainText(/([0-9A-F]{4} ){9}[0-9A-F]{4}/);
  });

  await app.goTo('Images');
  await app.images.choose('tiny.sif');
  await test.step('it is signed, after a wrong passphrase was refused', async () => {
    const dialog = await signImage(page, 'tiny.sif', 'wrong');
    await expect(dialog.getByRole('alert')).toContainText('does not open the key');
    await dialog.getByLabel('Passphrase of the key').fill(passphrase);
    await dialog.getByRole('button', { name: 'Sign', exact: true }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
  });

  const { pane } = await app.images.choose('tiny.sif');
  await test.step('it is verified, which is not trust', async () => {
    await expect(pane).toContainText('not verified');
    const result = await verifyImage(page, 'tiny.sif');
    await expect(result).toContainText('A valid signature is not trust.');
    await expect(result.getByRole('list', { name: 'Signatures' })).toContainText('Ada Example');
    await page.keyboard.press('Escape');
    await expect(pane).toContainText('verified');
    await expect(pane).not.toContainText('not verified');
    await expect(app.images.row('tiny.sif')).toContainText('verified');
  });

  await test.step('a change is seen, and what was known before does not count any more', async () => {
    const file = await open(image, 'r+');
    await file.write(Buffer.from('changed'), 0, 7, 600_000);
    await file.close();
    await expect(pane).toContainText('not verified', { timeout: 30_000 });
    await expect(await verifyImage(page, 'tiny.sif')).toContainText('tampered');
    await page.keyboard.press('Escape');
    await expect(pane).toContainText('tampered');
    await expect(app.images.row('tiny.sif')).toContainText('tampered');
  });
});

test('an image is compared with a sandbox that was changed', async ({ person, openWorkbench }) => {
  test.setTimeout(180_000);
  await person.hasSettings({ welcomed: true });
  const image = join(person.images, 'tiny.sif');
  const sandbox = join(person.images, 'tiny');
  await mkdir(person.images, { recursive: true });
  await copyFile(bed.tiny.sif, image);
  const unpacked = await runProgram('apptainer', ['build', '--sandbox', sandbox, image], {
    environment: person.environment,
    folder: person.home,
  });
  expect(unpacked, unpacked.stderr).toMatchObject({ status: 0 });
  await writeFile(join(sandbox, 'added.txt'), 'new here\n');
  const { page } = await openWorkbench();
  const app = workbench(page);

  await app.images.choose('tiny.sif');
  await app.images.row('tiny').click({ modifiers: ['ControlOrMeta'] });
  await page.getByRole('complementary').getByRole('button', { name: 'Compare…' }).click();
  const found = await compareImages(page);
  await expect(found.summary).toContainText('tiny.sif');
  const files = await found.showPart('Files');
  await found.filter('Filter paths', 'added.txt');
  const row = files.getByRole('row', { name: /\/added\.txt/ });
  await expect(row).toContainText('added');
  await expect(row).toContainText('9 B');

  await found.swap();
  await found.showPart('Files');
  await expect(files.getByRole('row', { name: /\/added\.txt/ })).toContainText('removed');
});

test('an encrypted copy is made, which only its passphrase opens', async ({ person, openWorkbench }) => {
  test.setTimeout(180_000);
  await person.hasSettings({ welcomed: true });
  await mkdir(person.images, { recursive: true });
  await copyFile(bed.tiny.sif, join(person.images, 'tiny.sif'));
  const { page } = await openWorkbench();
  const app = workbench(page);
  await app.images.choose('tiny.sif');
  await encryptImage(page, 'tiny.sif', passphrase);
  const encrypted = app.images.row('tiny-encrypted.sif');
  await expect(encrypted).toContainText('encrypted', { timeout: 60_000 });
  const { pane } = await app.images.choose('tiny-encrypted.sif');
  await expect(pane).toContainText('its passphrase opens it');

  await test.step('a shell in it is opened after a wrong passphrase was refused', async () => {
    await pane.getByRole('button', { name: 'Shell', exact: true }).click();
    const { dialog, submit } = actionDialog(page);
    await dialog.getByLabel('Passphrase of the image').fill('wrong');
    await submit();
    await expect(dialog).toContainText('The passphrase is wrong.', { timeout: 30_000 });
    await dialog.getByLabel('Passphrase of the image').fill(passphrase);
    const shell = await submit();
    await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
  });

  const run = (key: string) =>
    runProgram('apptainer', ['exec', join(person.images, 'tiny-encrypted.sif'), 'echo', 'inside'], {
      environment: { ...person.environment, APPTAINER_ENCRYPTION_PASSPHRASE: key },
      folder: person.home,
    });
  expect(await run(passphrase)).toMatchObject({ status: 0, stdout: 'inside\n' });
  expect((await run('wrong')).status).not.toBe(0);
});
