import { readdir } from 'node:fs/promises';
import { expect, type Locator } from '@playwright/test';
import { test } from '../fixtures/test.ts';
import { actionDialog } from '../pages/actionDialog.ts';
import { deleteDialog } from '../pages/deleteDialog.ts';
import { pullDialog } from '../pages/pullDialog.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

test('the whole path works by keyboard alone', async ({ person, openWorkbench }) => {
  test.slow();
  const reference = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
  const { page } = await openWorkbench();
  const { keyboard } = page;
  const { images } = workbench(page);
  const tabTo = async (target: Locator) => {
    await target.waitFor();
    while (!(await target.evaluate((element) => element === document.activeElement)))
      await keyboard.press('Tab');
  };
  const command = async (words: string) => {
    await keyboard.press('Control+Shift+P');
    await expect(page.getByPlaceholder('Type a command')).toBeFocused();
    await keyboard.type(words);
    await expect(page.getByRole('option').first()).toContainText(words, { ignoreCase: true });
    await keyboard.press('Enter');
  };

  await expect(page.getByText(/is ready\.$/)).toBeVisible();
  await tabTo(page.getByRole('button', { name: 'Show my images' }));
  await keyboard.press('Enter');
  await expect(images.grid).toBeVisible();

  await command('Pull image');
  const pull = pullDialog(page);
  await expect(pull.reference).toBeFocused();
  await keyboard.type(reference);
  await expect(pull.byHand).toContainText('apptainer pull');
  await keyboard.press('Enter');
  await expect(images.row('tiny_v1.sif')).toBeVisible();

  const chooseFirst = async () => {
    await tabTo(images.grid);
    await keyboard.press('Home');
    await expect(page.getByRole('complementary', { name: 'Detail of tiny_v1.sif' })).toContainText(reference);
  };
  await chooseFirst();

  await command('Open a shell in the image');
  const shell = terminals(page).current;
  await expect(shell.screen).toContainText('Apptainer>');
  await keyboard.type('echo $((6 * 7)) is it');
  await keyboard.press('Enter');
  await expect(shell.screen).toContainText('42 is it');
  await page.reload();
  await expect(shell.screen).toContainText('42 is it');

  await chooseFirst();
  await command('Run…');
  const run = actionDialog(page);
  await expect(run.dialog).toBeVisible();
  await tabTo(run.args);
  await keyboard.type('by keyboard');
  await keyboard.press('Enter');
  await expect(terminals(page).current.screen).toContainText('by keyboard');

  await command('Delete…');
  const question = deleteDialog(page);
  await expect(question.dialog).toContainText('tiny_v1.sif');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await expect(question.dialog).toBeHidden();
  await expect(images.row('tiny_v1.sif')).toBeHidden();
  await expect.poll(() => readdir(person.images)).toEqual([]);
});
