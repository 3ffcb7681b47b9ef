import { join } from 'node:path';
import { expect } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import type { Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { workspacesPage } from '../pages/workspacesPage.ts';
import { testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'tiny', 'browser'] });

/**
 * `tools`, an image with git and its libraries of this machine, and `mirror.git`, a bare repository of what looks like
 * Spack: its command needs no Python, so that a link is enough for the look whether there is one.
 */
const prepareScript = `images=$2; mkdir -p "$images"
apptainer -q build --sandbox "$images/tools" "$1"
git=$(command -v git)
cp -L --parents "$git" $(ldd "$git" | grep -o '/[^ ]*') "$images/tools"
ln -s git "$images/tools$(dirname "$git")/git-upload-pack"
ln -s /bin/sh "$images/tools$(dirname "$git")/python3"
mkdir -p work/bin work/lib/spack/spack
printf '#!/bin/sh\\necho "asked to $*"\\n' >work/bin/spack
chmod 755 work/bin/spack
echo '__version__ = "1.2.3"' >work/lib/spack/spack/__init__.py
cd work
git init -q; git add -A; git -c user.name=x -c user.email=x@x commit -q -m x; git tag v1.2.3
git clone -q --bare . ../mirror.git`;

async function prepare(person: Person): Promise<{ readonly image: string; readonly mirror: string }> {
  const { environment, home: folder } = person;
  const words = ['-euc', prepareScript, 'prepare', testbed().tiny.sif, person.images];
  const ended = await runProgram('/bin/sh', words, { environment, folder });
  expect(ended, ended.stderr).toMatchObject({ status: 0 });
  return { image: join(person.images, 'tools'), mirror: join(folder, 'mirror.git') };
}

test('Spack is set up in a workspace from a mirror; what went wrong is said', async ({
  person,
  openWorkbench,
}) => {
  await person.hasSettings({ welcomed: true });
  const { image, mirror } = await prepare(person);
  const made = await person.workbench(['workspace', 'create', 'md', '--image', image]);
  expect(made, made.stderr).toMatchObject({ status: 0 });
  const { page } = await openWorkbench();
  const app = workbench(page);
  const workspaces = workspacesPage(page);
  await app.goTo('Workspaces');
  const { pane } = await workspaces.choose('md');
  const software = pane.getByRole('region', { name: 'Software found' });
  await software.getByRole('button', { name: 'Set up software…' }).click();

  const dialog = page.getByRole('dialog', { name: 'Set up software in md' });
  await expect(dialog.getByRole('region', { name: 'Spack' })).toContainText('nothing has to be relocated');
  await expect(dialog.getByRole('combobox', { name: 'In which image it runs' })).toHaveValue(image);
  await dialog.getByRole('radio', { name: 'Git address' }).focus();
  await page.keyboard.press('ArrowRight');
  const source = dialog.getByRole('combobox', { name: 'Archive, bare repository or folder' });
  await source.fill(`${mirror}s`);
  await expect(dialog.getByRole('alert')).toContainText(`${mirror}s`);
  await source.fill(mirror);
  // Closes what completes the path.
  await source.press('Tab');
  await dialog.getByLabel('Branch or tag (optional)').fill('v1.2.3');
  await dialog.getByText('The script that runs').click();
  await expect(dialog.getByRole('figure')).toContainText('git clone');
  await expectAccessible(page, 'the dialog');
  await dialog.getByLabel('Branch or tag (optional)').press('Enter');
  await expect(dialog).toBeHidden();

  const { screen } = terminals(page).current;
  await expect(screen).toContainText('asked to compiler find', { timeout: 30_000 });
  await expect(screen).toContainText('. /home/mysingularity/spack/share/spack/setup-env.sh');
  await expect(software).toContainText('Spack 1.2.3', { timeout: 30_000 });

  // What is there already is not touched.
  await pane.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Set up software…' }).click();
  await expect(source).toHaveValue(mirror);
  await dialog.getByRole('button', { name: 'Set up', exact: true }).click();
  await expect(terminals(page).current.screen).toContainText('there is a spack already', { timeout: 30_000 });
  const told = pane.getByRole('alert').filter({ hasText: 'Not set up: Spack' });
  await expect(told).toContainText('It ended with status 1.');
  await expectAccessible(page, 'the page');
  await told.getByRole('button', { name: 'Set up again…' }).click();
  await expect(dialog).toBeVisible();
});
