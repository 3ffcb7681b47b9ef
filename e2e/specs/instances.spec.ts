import { join } from 'node:path';
import { expect } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

test('an overlay is made, an instance writes to it, tells what it does and stops; then the overlay is mended, grown, embedded', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(120_000);
  const name = `story-${process.pid}`;
  await person.hasSettings({ welcomed: true });
  const image = await person.hasImage(testbed().tiny.sif, 'tiny.sif');
  const { page } = await openWorkbench();
  const app = workbench(page);
  const main = page.getByRole('main');
  const dialog = page.getByRole('dialog');

  await app.goTo('Overlays');
  await expect(main).toContainText('An overlay is one file that keeps what is changed');
  await main.getByRole('button', { name: 'New overlay…' }).first().click();
  await dialog.getByLabel('Size').fill('10 MiB');
  await expect(dialog.getByRole('alert')).toContainText('At least 64 MiB');
  await dialog.getByLabel('Size').fill('64 MiB');
  await dialog.getByRole('button', { name: 'Make overlay' }).click();
  const overlay = page.getByRole('complementary', { name: 'Detail of overlay.img' });
  await expect(overlay).toContainText('67.1 MB');
  await expect(overlay).toContainText('you (user');

  await app.goTo('Instances');
  await expect(main).toContainText('An instance is a container that runs in the background');
  await main.getByRole('button', { name: 'Start instance…' }).first().click();
  await dialog.getByLabel('Image').fill(image);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('combobox', { name: 'Overlay' }).click();
  await page.getByRole('option', { name: /overlay\.img/ }).click();
  await expect(dialog).toContainText('apptainer instance start --overlay');
  await expectAccessible(page, 'start');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  const instance = page.getByRole('complementary', { name: `Detail of ${name}` });
  await expect(instance).toContainText('Counted from its processes', { timeout: 20_000 });
  await expectAccessible(page, 'instance');
  await instance.getByRole('button', { name: 'Open shell' }).click();
  const shell = terminals(page).current;
  await expect(shell.screen).toContainText('Apptainer>', { timeout: 20_000 });
  await shell.type('echo said >/proc/1/fd/1; echo kept >/home/mysingularity/kept; echo do""ne');
  await expect(shell.screen).toContainText('done');
  await shell.type('exit');
  await instance.getByRole('tab', { name: 'Log' }).click();
  await expect(instance).toContainText('said');

  await app.goTo('Overlays');
  await expect(overlay).toContainText('fuse2fs', { timeout: 30_000 });
  await overlay.getByRole('button', { name: 'Grow…' }).click();
  await dialog.getByRole('button', { name: 'Grow', exact: true }).click();
  await expect(overlay).toContainText('is in use');
  await expectAccessible(page, 'busy overlay');
  await overlay.getByRole('button', { name: 'Dismiss' }).click();

  await app.goTo('Instances');
  await page.getByRole('row', { name: new RegExp(name) }).click();
  await instance.getByRole('button', { name: 'Stop instance…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: /^Stop/ }).click();
  await expect(main).toContainText('No instances on', { timeout: 30_000 });

  await test.step('damage is found, and mended on a copy', async () => {
    const file = join(person.images, 'overlay.img');
    const hurt = await runProgram('/sbin/debugfs', ['-w', '-R', 'clri /upper/home', file], {
      environment: person.environment,
      folder: person.home,
    });
    expect(hurt.status).toBe(0);
    await app.goTo('Overlays');
    await overlay.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(overlay).toContainText('Its file system is damaged', { timeout: 30_000 });
    await expectAccessible(page, 'damaged overlay');
    await overlay.getByRole('button', { name: 'Mend…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Mend' }).click();
    await expect(overlay).toContainText('overlay.img.damaged-', { timeout: 30_000 });
  });

  await overlay.getByRole('button', { name: 'Grow…' }).click();
  await dialog.getByRole('button', { name: 'Grow', exact: true }).click();
  await expect(overlay).toContainText('of 134 MB', { timeout: 30_000 });
  await overlay.getByRole('button', { name: 'Embed in an image…' }).click();
  await dialog.getByLabel('Image').fill(image);
  await expect(dialog).toContainText(/The image grows from 1\.1 MB to 135 MB/);
  await expectAccessible(page, 'embed');
  await dialog.getByRole('button', { name: 'Embed', exact: true }).click();
  await page.getByRole('row', { name: /tiny\.sif/ }).click({ timeout: 30_000 });
  await expect(page.getByRole('complementary', { name: 'Detail of tiny.sif' })).toContainText(
    'part of this image',
  );
  await expectAccessible(page, 'embedded overlay');

  const inImage = page.getByRole('complementary', { name: 'Detail of tiny.sif' });
  await inImage.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete overlay…' }).click();
  const question = page.getByRole('alertdialog', { name: 'Take the overlay out of tiny.sif?' });
  await expectAccessible(page, 'taking an overlay out');
  await question.getByRole('button', { name: 'Take out' }).click();
  await expect(page.getByRole('row', { name: /tiny\.sif/ })).toBeHidden({ timeout: 30_000 });
});
