import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { askHost } from '../fixtures/clusterHosts.ts';
import { expectRoundTrip, keys } from '../fixtures/keys.ts';
import { oneTimeCode } from '../fixtures/oneTimeCode.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { actionDialog } from '../pages/actionDialog.ts';
import { deleteDialog } from '../pages/deleteDialog.ts';
import { hostPane, promptDialog } from '../pages/hostsPage.ts';
import { importDialog } from '../pages/importDialog.ts';
import { publishDialog } from '../pages/publishDialog.ts';
import { pullDialog } from '../pages/pullDialog.ts';
import { sendDialog } from '../pages/sendDialog.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { workspacesPage } from '../pages/workspacesPage.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

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

test.describe('registries', () => {
  test.use({ needs: ['user', 'apptainer', 'registry', 'authRegistry', 'tiny', 'browser'] });

  test('adding, signing in, looking, pulling, importing and pushing work by keyboard alone', async ({
    person,
    openWorkbench,
  }) => {
    test.setTimeout(180_000);
    await person.hasSettings({ welcomed: true, registries: [] });
    const archive = join(person.home, 'root.tar');
    const packed = await runProgram('tar', ['-cf', archive, '-C', bed.tiny.rootfs, '.'], {
      environment: person.environment,
    });
    expect(packed, packed.stderr).toMatchObject({ status: 0 });
    const { page } = await openWorkbench();
    const { keyboard } = page;
    const app = workbench(page);
    const { tabTo, command } = keys(page);
    const { address, userName, password } = bed.authRegistry;
    await expect(app.images.grid.or(page.getByText('No images')).first()).toBeVisible();

    await command('Add registry');
    await expect(page.getByLabel('Name or address')).toBeFocused();
    await keyboard.type(address);
    await keyboard.press('Enter');
    await tabTo(page.getByLabel('Name in the list'));
    await keyboard.press('Control+A');
    await keyboard.type('Lab');
    await keyboard.press('Enter');
    const lab = page.getByRole('region', { name: 'Lab', exact: true });
    await expect(lab.getByRole('alert')).toContainText('wants you to sign in');
    await tabTo(lab.getByRole('alert').getByRole('button', { name: 'Sign in…' }));
    await keyboard.press('Enter');
    await expect(page.getByLabel('User name')).toBeFocused();
    await keyboard.type(userName);
    await keyboard.press('Tab');
    await keyboard.type(password);
    await keyboard.press('Enter');
    await expect(lab.getByRole('button', { name: `Signed in as ${userName}` })).toBeVisible();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');

    const repositories = lab.getByRole('grid', { name: 'Repositories' });
    await expect(repositories).toContainText('demo/tiny');
    await tabTo(repositories);
    // A slash would go to the search.
    await keyboard.type('tiny');
    await keyboard.press('Enter');
    const tags = lab.getByRole('grid', { name: 'Tags of demo/tiny' });
    await expect(tags).toBeFocused();
    await expect(tags).toContainText('v1');
    await keyboard.type('v1');
    await keyboard.press('Enter');
    const image = page.getByRole('complementary', { name: 'About demo/tiny:v1' });
    await expect(image).toContainText('linux/amd64');
    await expectRoundTrip(page);
    await tabTo(image.getByRole('radio', { name: 'by tag' }));
    await keyboard.press('ArrowRight');
    await expect(image.getByRole('radio', { name: 'by digest' })).toBeChecked();

    await command('Pull to SIF');
    const pull = pullDialog(page);
    await expect(pull.reference).toHaveValue(/@sha256:/);
    await expect(pull.byHand).toContainText('apptainer pull');
    await tabTo(pull.fileName);
    await keyboard.press('Control+A');
    await keyboard.type('by-digest.sif');
    await keyboard.press('Enter');
    await expect(app.images.row('by-digest.sif')).toBeVisible({ timeout: 60_000 });

    await command('Import an image');
    const form = importDialog(page);
    await expect(form.path).toBeFocused();
    await keyboard.type(archive);
    await expect(form.dialog).toContainText('A tarball of a root file system');
    await tabTo(form.fileName);
    await keyboard.press('Control+A');
    await keyboard.type('imported.sif');
    await expect(form.dialog).toContainText('imported.sif');
    await keyboard.press('Enter');
    await expect(app.images.row('imported.sif')).toBeVisible({ timeout: 60_000 });

    await tabTo(app.images.grid);
    await keyboard.press('Home');
    await keyboard.type('by-digest');
    await expect(page.getByRole('complementary', { name: 'Detail of by-digest.sif' })).toBeVisible();
    await command('Push to a registry');
    const push = publishDialog(page);
    await expect(push.reference).toBeFocused();
    const repository = `publish/${randomBytes(6).toString('hex')}`;
    await keyboard.press('Control+A');
    await keyboard.type(`oras://${bed.registry}/${repository}:v1`);
    await expect(push.dialog).toContainText('Nothing has this tag yet.');
    await keyboard.press('Enter');
    await expect(push.dialog).toBeHidden();
    await expect
      .poll(
        async () =>
          (
            await fetch(`http://${bed.registry}/v2/${repository}/manifests/v1`, {
              headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
            })
          ).status,
      )
      .toBe(200);
  });
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

test.describe('workspaces', () => {
  test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

  test('making, opening, packing, adopting and deleting work by keyboard alone', async ({
    person,
    openWorkbench,
  }) => {
    test.setTimeout(180_000);
    await person.hasSettings({ welcomed: true });
    const image = await person.hasImage(bed.tiny.sif, 'tiny.sif');
    const { page } = await openWorkbench();
    const { keyboard } = page;
    const { row, grid } = workspacesPage(page);
    const { tabTo, command } = keys(page);
    const dialog = page.getByRole('dialog');
    const typePath = async (field: Locator, path: string) => {
      await keyboard.press('Control+A');
      await keyboard.type(path);
      await expect(field).toHaveValue(path);
    };
    const press = async (name: string) => {
      await tabTo(dialog.getByRole('button', { name, exact: true }));
      await keyboard.press('Enter');
      await expect(dialog).toBeHidden();
    };
    await expect(workbench(page).images.grid).toBeVisible();

    await command('New workspace');
    await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
    await keyboard.type('tools');
    await keyboard.press('Enter');
    await expect(row('tools')).toBeVisible();

    await tabTo(grid);
    await keyboard.press('Home');
    await expect(page.getByRole('complementary', { name: 'tools', exact: true })).toBeVisible();
    await expectRoundTrip(page);
    await tabTo(grid);
    await keyboard.press('Enter');
    const inWhich = dialog.getByRole('combobox', { name: 'In which image' });
    await expect(inWhich).toBeFocused();
    await typePath(inWhich, image);
    await tabTo(dialog.getByRole('button', { name: 'Continue…' }));
    await keyboard.press('Enter');
    const run = actionDialog(page);
    await expect(run.preflight).toContainText('is the home folder inside');
    await tabTo(dialog.getByRole('button', { name: 'Open shell' }));
    await keyboard.press('Enter');
    const shell = terminals(page).current;
    await expect(shell.screen).toContainText('Apptainer>', { timeout: 30_000 });
    await keyboard.type('pwd; echo machine x login y password z >.netrc; exit');
    await keyboard.press('Enter');
    await expect(shell.screen).toContainText('/home/mysingularity');
    await expect(shell.pane).toContainText(/ended|exit/i);

    await command('Go to workspaces');
    await tabTo(grid);
    await keyboard.press('Home');
    await command('Pack…');
    const secret = dialog.getByRole('checkbox', { name: 'Include .netrc' });
    await tabTo(secret);
    await keyboard.press('Space');
    await expect(secret).toBeChecked();
    await press('Pack');
    await expect.poll(() => readdir(person.images), { timeout: 30_000 }).toContain('tools.sif');

    await command('Adopt…');
    const packed = dialog.getByRole('combobox', { name: 'Packed workspace or image' });
    await expect(packed).toBeFocused();
    await typePath(packed, join(person.images, 'tools.sif'));
    await tabTo(dialog.getByLabel('Name', { exact: true }));
    await keyboard.press('Control+A');
    await keyboard.type('own');
    await expect(dialog.getByRole('button', { name: 'Adopt', exact: true })).toBeEnabled();
    await press('Adopt');
    await expect(row('own')).toBeVisible({ timeout: 30_000 });

    await tabTo(grid);
    await keyboard.press('Home');
    await keyboard.type('tools');
    await expect(page.getByRole('complementary', { name: 'tools', exact: true })).toBeVisible();
    await command('Delete…');
    const question = page.getByRole('alertdialog', { name: 'Delete tools?' });
    await tabTo(question.getByLabel('Its name'));
    await keyboard.type('tools');
    await tabTo(question.getByRole('button', { name: 'Delete workspace' }));
    await keyboard.press('Enter');
    await expect(row('tools')).toBeHidden({ timeout: 30_000 });
    await expect(row('own')).toBeVisible();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  });
});
