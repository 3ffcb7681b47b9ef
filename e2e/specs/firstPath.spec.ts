import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../fixtures/test.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'realistic', 'browser'] });

test('from the first start to a shell in a real image, and back to an empty disk', async ({
  person,
  registryProxy,
  openWorkbench,
}) => {
  // Two conversions of a real image, on machines that may be busy with other suites.
  test.setTimeout(300_000);
  const reference = `docker://${registryProxy.address}/${bed.realistic.repository}:1`;
  const { page } = await openWorkbench();
  const app = workbench(page);

  await test.step('the welcome finds the runtime', async () => {
    await expect(page.getByText(/^Apptainer .* is ready\.$/)).toBeVisible();
    const images = await app.endWelcome();
    await expect(images.grid).toContainText('No images yet');
  });

  const dialog = await app.images.openPullDialog();
  await test.step('a pull shows its progress', async () => {
    await dialog.reference.fill(reference);
    await expect(dialog.byHand).toContainText(`apptainer pull`);
    registryProxy.holdAfter(bed.realistic.compressedBytes / 2);
    await dialog.submit();
    const pull = app.images.pull(reference);
    await expect(pull.progress).toBeVisible();
    await expect(pull.row).toContainText(/Downloading, \d+ %, .* of 88\.\d MB/);
    await expect.poll(() => registryProxy.blobBytes()).toBeGreaterThan(bed.realistic.compressedBytes / 2 - 1);
  });

  await test.step('cancelled, it leaves nothing; retried, it goes on where it stopped', async () => {
    const pull = app.images.pull(reference);
    await pull.cancel();
    await expect(pull.row).toContainText('Cancelled. Nothing was left under the final name.');
    expect(await readdir(person.images)).toEqual([]);
    registryProxy.forget();
    registryProxy.release();
    await pull.retry();
    await expect(app.images.row('python_1.sif')).toBeVisible({ timeout: 180_000 });
    expect(registryProxy.blobBytes()).toBeLessThan(bed.realistic.compressedBytes * 0.75);
  });

  const detail = await app.images.choose('python_1.sif');
  await test.step('the detail tells what is in it', async () => {
    await expect(detail.pane).toContainText(reference);
    await expect(detail.pane).toContainText(/apptainer 1\./i);
    await expect(await detail.showTab('Objects')).toContainText('FS (Squashfs/*System/amd64)');
    await expect(await detail.showTab('Definition')).toContainText('bootstrap: docker');
  });

  await test.step('a shell opens, and survives a reload of the window', async () => {
    const shell = await detail.openShell();
    await expect(shell.screen).toContainText('Apptainer>');
    await shell.type('python3 -c "print(6 * 7)"; cat /etc/debian_version');
    await expect(shell.screen).toContainText('42');
    await page.reload();
    await expect(shell.screen).toContainText('42');
    await shell.type('echo still $((40 + 3)) here');
    await expect(shell.screen).toContainText('still 43 here');
  });

  await test.step('a run with a bind sees the folder of the host', async () => {
    const folder = join(person.home, 'my data');
    await mkdir(folder);
    await writeFile(join(folder, 'note.txt'), 'from the host');
    const run = await (await app.images.choose('python_1.sif')).openRunDialog();
    await run.args.fill('cat /data/note.txt');
    await run.addBind(folder, '/data');
    await expect(run.command).toContainText(`src=${folder},dst=/data`);
    const terminal = await run.submit();
    await expect(terminal.screen).toContainText('from the host');
  });

  await test.step('deleting names the file and its size first', async () => {
    const question = await (await app.images.choose('python_1.sif')).openDeleteDialog();
    await expect(question.dialog).toContainText('python_1.sif');
    await expect(question.dialog).toContainText(/\d+ MB/);
    await question.confirm();
    await expect(question.dialog).toBeHidden();
    await expect(app.images.row('python_1.sif')).toBeHidden();
    await expect.poll(() => readdir(person.images)).toEqual([]);
  });
});
