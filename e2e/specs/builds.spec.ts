import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { buildsPage } from '../pages/buildsPage.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

/** On the test bed's own image: nothing is fetched. */
const definition = (post: string) =>
  ['Bootstrap: localimage', `From: ${bed.tiny.sif}`, '', '%post', '    echo first', post, ''].join('\n');

test('a definition is corrected by the editor, breaks at a line, is led to it, and builds', async ({
  person,
  openWorkbench,
}) => {
  test.setTimeout(240_000);
  await person.hasSettings({ welcomed: true });
  const { page } = await openWorkbench();
  const builds = buildsPage(page);
  await workbench(page).goTo('Builds');
  const file = join(person.home, 'tool.def');

  await test.step('what the runtime would refuse is marked, and counted', async () => {
    await writeFile(file, definition('    true').replace('%post', '%pots'));
    await builds.open(file);
    await expect(builds.problems).toHaveText(/^\d+ problems?$/);
    await page.keyboard.press('F8');
    await builds.problems.click();
    await expect(page.getByRole('list', { name: 'Problems of tool.def' })).toContainText('%pots');
  });

  await test.step('a line that fails is shown in the editor, with what it printed', async () => {
    await builds.write(definition('    sh -c "echo about to stop; exit 7"'));
    const form = await builds.openBuild();
    await expect(form.way).toBeVisible();
    await form.fileName.fill('tool.sif');
    await form.submit();
    await expect(builds.editor).toContainText('about to stop');
    await expect(builds.editor.getByRole('note')).toContainText('line 6', { timeout: 90_000 });
    expect(await readFile(file, 'utf8')).toContain('exit 7');
  });

  await test.step('corrected, it builds, and the image runs', async () => {
    await builds.write(definition('    echo made-here > /made'));
    const form = await builds.openBuild();
    await form.fileName.fill('tool.sif');
    await form.submit();
    await expect(builds.build).toContainText('succeeded', { timeout: 90_000 });
    await expect(builds.build.getByRole('img', { name: /^Timeline of the build: .*Post/ })).toBeVisible();
    const made = await runProgram('apptainer', ['exec', join(person.images, 'tool.sif'), 'cat', '/made'], {
      environment: person.environment,
      folder: person.home,
    });
    expect(made, made.stderr).toMatchObject({ stdout: 'made-here\n' });
  });
});

test('unsaved work is there after a reload, and another hand on the file is noticed', async ({
  person,
  openWorkbench,
}) => {
  await person.hasSettings({ welcomed: true });
  const { page } = await openWorkbench();
  const builds = buildsPage(page);
  await workbench(page).goTo('Builds');
  await builds.startFrom('Plain Debian');
  const file = join(person.home, 'mine.def');
  await builds.editor.click();
  await builds.saveAs(file);
  await builds.write(definition('    echo typed'));
  await page.reload();
  await expect(builds.editor).toContainText('echo typed');
  expect(await readFile(file, 'utf8')).not.toContain('echo typed');

  await writeFile(file, definition('    echo elsewhere'));
  await builds.editor.click();
  await page.keyboard.press('Control+S');
  await expect(page.getByText('mine.def was changed by somebody else')).toBeVisible();
  expect(await readFile(file, 'utf8')).toContain('echo elsewhere');
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await builds.editor.click();
  await page.keyboard.press('Control+S');
  await expect.poll(() => readFile(file, 'utf8')).toContain('echo typed');
});
