import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { buildsPage } from '../pages/buildsPage.ts';
import { checkpointList } from '../pages/storagePage.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
const ended = { timeout: 60_000 };

async function inImage(person: Person, name: string, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runProgram('apptainer', ['exec', join(person.images, name), ...words], {
    environment: person.environment,
    folder: person.home,
  });
  return stdout + stderr;
}

test.beforeEach(({ person }) => person.hasSettings({ welcomed: true }));

test.describe('as root', () => {
  test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'sudo', 'browser'] });

  test('a definition from a template is corrected, and built through sudo', async ({
    person,
    openWorkbench,
  }) => {
    test.setTimeout(120_000);
    const { page } = await openWorkbench();
    const builds = buildsPage(page);
    const terminal = terminals(page);
    await workbench(page).goTo('Builds');

    await test.step('from a template, corrected by the editor', async () => {
      await builds.startFrom('Plain Debian');
      await expect(builds.editor).toContainText('debootstrap');
      await builds.saveAs(join(person.home, 'tool.def'));
      const text = `Bootstrap: docker\nFrom: ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}\n\n%pots\n    echo waiting\n    sleep 4731\n`;
      await builds.write(text);
      await expect(builds.problems).toHaveText(/^\d+ problems?$/);
      await builds.write(text.replace('%pots', '%post'));
      await expect(builds.problems).toHaveText('No problems found.');
    });

    const buildAsRoot = async (password: string) => {
      const opened = await terminal.tabs.count(); // behind the form nothing has a role
      const form = await builds.openBuild();
      await form.name('tool.sif');
      await form.chooseSudo();
      await expect(form.way).toContainText('sudo');
      await form.submit();
      // The dock comes up by itself, and the terminal takes what is typed.
      await expect(terminal.tabs).toHaveCount(opened + 1);
      await expect(terminal.current.screen).toContainText('[sudo] password for');
      await terminal.current.type(password);
    };

    await test.step('a wrong password is named, and is nowhere on the page', async () => {
      await buildAsRoot('a wrong one');
      await expect(builds.build).toContainText('sudo did not get the right password.', ended);
      await expect(page.locator('body')).not.toContainText('a wrong one');
    });

    await test.step('closed in its terminal, the build ends', async () => {
      await buildAsRoot(bed.sudoPassword);
      await expect(builds.build).toContainText('waiting', ended);
      await terminal.tabs.last().focus();
      await page.keyboard.press('Delete');
      await page.getByRole('alertdialog').getByRole('button', { name: 'End and close' }).click();
      await expect(builds.build).toContainText('Its terminal was closed', ended);
    });

    await test.step('with the password it builds, and the image is the person’s', async () => {
      const from = `Bootstrap: docker\nFrom: ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}\n`;
      await builds.write(`${from}\n%post\n    cat /proc/self/uid_map >/map\n`);
      await buildAsRoot(bed.sudoPassword);
      await expect(builds.build).toContainText('succeeded', ended);
      expect(await inImage(person, 'tool.sif', 'cat', '/map')).toMatch(/^\s*0\s+0\s+4294967295\n$/);
      expect(await readdir(person.images)).toEqual(['tool.sif']);
    });
  });
});

test.describe('without root', () => {
  test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

  test('a late edit begins at a checkpoint; both builds are compared, and the image tells of itself', async ({
    person,
    openWorkbench,
  }) => {
    test.setTimeout(120_000);
    const { page } = await openWorkbench();
    const app = workbench(page);
    const builds = buildsPage(page);
    await app.goTo('Builds');
    const definition = (last: string) =>
      `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n\n%post\n    echo one >/one\n    # checkpoint: base\n    echo two >/two\n    # checkpoint: tools\n    echo ${last} >/last\n\n%test\n    echo tested; test -s /last\n`;
    const file = join(person.home, 'steps.def');
    await writeFile(file, definition('early'));
    await builds.open(file);

    await test.step('the first build keeps both', async () => {
      const form = await builds.openBuild();
      await form.name('steps.sif');
      await expect(form.checkpoints).toHaveText('None is kept yet. This build keeps base, tools.');
      await form.submit();
      await expect(builds.build).toContainText('succeeded', ended);
      await expect(builds.build).toContainText('The checkpoint “tools” (line 8) is kept.');
    });

    await test.step('the second begins after the last of them', async () => {
      await builds.write(definition('late'));
      const form = await builds.openBuild();
      await form.name('steps.sif');
      await form.replace();
      await expect(form.checkpoints).toHaveText('Begins after “tools” (line 8), which is kept.');
      await form.submit();
      await expect(builds.build).toContainText('Goes on from the checkpoint “tools” (line 8).', ended);
      await expect(builds.build).toContainText('succeeded', ended);
      expect(await inImage(person, 'steps.sif', 'cat', '/one', '/two', '/last')).toBe('one\ntwo\nlate\n');
    });

    await test.step('both builds side by side differ in the definition', async () => {
      const comparison = await builds.compareWithEarlier();
      await expect(comparison.getByRole('row', { name: /differs.*Image|differs Digest/ })).toBeVisible();
      await expect(comparison.getByRole('region', { name: 'Definitions' })).toContainText('echo early');
      await expect(comparison.getByRole('region', { name: 'Definitions' })).toContainText('echo late');
      await page.keyboard.press('Escape');
      await expect(comparison).toBeHidden();
    });

    await test.step('the image tells how it was made, and its test is run', async () => {
      await app.goTo('Images');
      await app.images.choose('steps.sif');
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'How was this image made?' }).click();
      const origin = page.getByRole('tabpanel', { name: 'Origin' });
      await expect(origin).toContainText('A build of this workbench made this file');
      await expect(origin).toContainText(file);
      await origin.getByRole('button', { name: 'Run its test' }).click();
      await expect(origin.getByRole('region', { name: 'Its test' })).toContainText('tested', ended);
      await origin.getByRole('button', { name: 'Show the build' }).click();
      await expect(builds.build).toContainText('succeeded');
    });

    await test.step('the kept steps are listed, and removed', async () => {
      await app.goTo('Storage');
      const kept = checkpointList(page);
      await expect(kept.row('base')).toContainText('steps.def');
      await kept.remove('base', 'steps.def');
      await expect(kept.row('base')).toBeHidden();
      await kept.removeAll();
      await expect(kept.section).toContainText('No checkpoints are kept.');
    });
  });
});

test.describe('of a Dockerfile', () => {
  test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'browser'] });

  test('an image is built of a Dockerfile and its folder', async ({ person, openWorkbench }) => {
    test.setTimeout(120_000);
    const { status } = await runProgram('podman', ['--version'], { environment: person.environment });
    test.skip(status !== 0, 'podman is not installed');
    const file = join(person.home, 'Dockerfile');
    await writeFile(join(person.home, 'data.txt'), 'of the folder\n');
    const from = `${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    await writeFile(file, `FROM ${from}\nCOPY data.txt /opt/\nRUN cp /opt/data.txt /made\n`);
    const { page } = await openWorkbench();
    const builds = buildsPage(page);
    await workbench(page).goTo('Builds');
    await builds.open(file);
    await expect(page.getByRole('status').filter({ hasText: 'This is a Dockerfile' })).toBeVisible();
    const form = await builds.openBuild();
    await expect(form.way).toContainText('podman on this machine builds the Dockerfile without root');
    await form.name('packed.sif');
    await form.submit();
    await expect(builds.build).toContainText('succeeded', ended);
    expect(await inImage(person, 'packed.sif', 'cat', '/made')).toBe('of the folder\n');
  });
});
