import { readdir } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import { askHost } from '../fixtures/clusterHosts.ts';
import { oneTimeCode } from '../fixtures/oneTimeCode.ts';
import { test } from '../fixtures/test.ts';
import { actionDialog } from '../pages/actionDialog.ts';
import { deleteDialog } from '../pages/deleteDialog.ts';
import { hostPane, promptDialog } from '../pages/hostsPage.ts';
import { pullDialog } from '../pages/pullDialog.ts';
import { sendDialog } from '../pages/sendDialog.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

/** What a person does without a mouse. */
function keys(page: Page) {
  const { keyboard } = page;
  return {
    tabTo: async (target: Locator) => {
      await target.waitFor();
      while (!(await target.evaluate((element) => element === document.activeElement)))
        await keyboard.press('Tab');
    },
    /** Runs a command of the palette. */
    command: async (words: string) => {
      await keyboard.press('Control+Shift+P');
      await expect(page.getByPlaceholder('Type a command')).toBeFocused();
      await keyboard.type(words);
      await expect(page.getByRole('option').first()).toContainText(words, { ignoreCase: true });
      await keyboard.press('Enter');
    },
    /** Chooses a host in the menu of the top bar, by the beginning of its name. */
    switchTo: async (label: string) => {
      await keyboard.press('Control+Shift+H');
      await expect(page.getByRole('menu')).toBeVisible();
      await keyboard.type(label);
      await expect(page.getByRole('menuitemcheckbox', { name: new RegExp(`^${label}`) })).toBeFocused();
      await keyboard.press('Enter');
      await expect(page.getByRole('button', { name: new RegExp(`^Host: ${label}, `) })).toBeVisible();
    },
  };
}

test('the whole path works by keyboard alone', async ({ person, openWorkbench }) => {
  test.slow();
  const reference = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
  const { page } = await openWorkbench();
  const { keyboard } = page;
  const { images } = workbench(page);
  const { tabTo, command } = keys(page);

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

test.describe('on a cluster', () => {
  test.use({ needs: ['user', 'apptainer', 'tiny', 'ssh'] });
  test.afterEach(async () => {
    await askHost('cluster', 'rm -f .local/share/mysingularity/images/by-keyboard.sif');
  });

  test('signing in, sending and a shell work by keyboard alone', async ({ person, openWorkbench }) => {
    test.slow();
    await person.hasImage(bed.tiny.sif, 'by-keyboard.sif');
    await person.hasSettings({ welcomed: true });
    const { page } = await openWorkbench();
    const { keyboard } = page;
    const { images } = workbench(page);
    const { tabTo, command, switchTo } = keys(page);
    const choose = async () => {
      await tabTo(images.grid);
      await keyboard.press('Home');
      await keyboard.type('by-keyboard');
      await expect(page.getByRole('complementary', { name: 'Detail of by-keyboard.sif' })).toBeVisible();
    };
    await expect(images.row('by-keyboard.sif')).toBeVisible();

    await command('Add host');
    await expect(page.getByLabel('Search by name or address')).toBeFocused();
    await keyboard.type('cluster-otp');
    await keyboard.press('ArrowDown');
    await expect(page.getByLabel('Name in the workbench')).toHaveValue('cluster-otp');
    await keyboard.press('Enter');
    const prompt = promptDialog(page, 'cluster-otp');
    await expect(prompt.dialog).toContainText('Password:');
    await expect(prompt.dialog.getByLabel('Your answer')).toBeFocused();
    await keyboard.type(bed.ssh.password);
    await keyboard.press('Enter');
    await expect(prompt.dialog).toContainText('Verification code:');
    await expect(prompt.dialog.getByLabel('Your answer')).toBeFocused();
    await keyboard.type(oneTimeCode(bed.ssh.totpSecret));
    await keyboard.press('Enter');
    await hostPane(page, 'cluster-otp').untilConnected();

    await switchTo('local');
    await command('Go to images');
    await choose();
    await command('Send to a host');
    const send = sendDialog(page);
    await expect(send.byHand).toBeVisible();
    await tabTo(send.submitButton);
    await keyboard.press('Enter');
    await expect(send.dialog).toBeHidden();

    await switchTo('cluster-otp');
    await expect(images.row('by-keyboard.sif')).toBeVisible();
    await choose();
    await command('Open a shell in the image');
    const shell = terminals(page).current;
    await expect(shell.screen).toContainText('Apptainer>');
    await keyboard.type('echo "I am $(id -un)"');
    await keyboard.press('Enter');
    await expect(shell.screen).toContainText('I am alice');
  });
});
