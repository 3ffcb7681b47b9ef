import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { askHost } from '../fixtures/clusterHosts.ts';
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

/** Goes once around everything that Tab reaches: each stop is seen, and none keeps the focus. */
async function expectRoundTrip(page: Page): Promise<void> {
  const stops = await page.evaluateHandle(() => new Set<Element>());
  const here = () =>
    stops.evaluate((seen) => {
      const active = document.activeElement;
      if (active === null || active === document.body) return null;
      const isDrawn = (element: Element) => {
        const { outlineStyle, boxShadow } = getComputedStyle(element);
        return outlineStyle !== 'none' || boxShadow !== 'none';
      };
      // A search field has it around its icon, too; a grid draws it at its row, a picture at its tile, and a line between panes is itself coloured.
      const drawn = [
        active,
        active.parentElement ?? active,
        ...active.querySelectorAll('[role=row], [role=option] *'),
      ];
      const isSeen = active.getAttribute('role') === 'separator' || drawn.some(isDrawn);
      const isNew = !seen.has(active);
      seen.add(active);
      return {
        isNew,
        isSeen: isSeen && active.matches(':focus-visible'),
        name: active.outerHTML.slice(0, 300),
      };
    });
  const names: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await here();
    if (stop === null) continue; // past the last one, where the browser's own bar is
    if (!stop.isNew) break;
    expect(stop.isSeen, stop.name).toBe(true);
    names.push(stop.name);
  }
  expect(names.length, names.join('\n')).toBeGreaterThan(20);
}

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
