import { expect } from '@playwright/test';
import { test } from '../fixtures/test.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

test('an image is opened in a workspace, and starts so the next time', async ({ person, openWorkbench }) => {
  await person.hasImage(bed.tiny.sif, 'tiny.sif');
  const made = await person.workbench(['workspace', 'create', 'tools']);
  expect(made.status, made.stderr).toBe(0);
  const { page } = await openWorkbench();
  const images = await workbench(page).endWelcome();
  const dialog = await (await images.choose('tiny.sif')).openInWorkspace();
  await expect(dialog.workspace).toHaveText('tools');
  await expect(dialog.preflight).toContainText('is the home folder inside');
  await expect(dialog.command).toContainText(':/home/mysingularity');
  await expect(dialog.dialog).toContainText('Your home folder stays outside.');
  const shell = await dialog.submit();
  await expect(shell.screen).toContainText('Apptainer>');
  await shell.type('pwd; echo mine > file; ls -A ~');
  await expect(shell.screen).toContainText('/home/mysingularity');
  await expect(shell.screen).toContainText('file');

  await page.reload();
  const again = await (await images.choose('tiny.sif')).openRunDialog();
  await expect(again.workspace).toHaveText('tools');
});
