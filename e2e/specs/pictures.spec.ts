import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { buildTourParts, prepareBuildTour, tourBuilds, tourCompare } from '../fixtures/buildTour.ts';
import { type Look, prepareTour, tourClusterImages, tourHosts } from '../fixtures/clusterTour.ts';
import { checkout, reportsFolder } from '../fixtures/folders.ts';
import { pushPictureImage } from '../fixtures/pictureImage.ts';
import {
  listedRegistry,
  prepareRegistryTour,
  tourParts,
  tourRegistries,
  tourTransfers,
} from '../fixtures/registryTour.ts';
import { test } from '../fixtures/test.ts';
import { setSystemTheme } from '../fixtures/theme.ts';
import { prepareWorkspaceTour, tourWorkspaces, workspaceTourParts } from '../fixtures/workspaceTour.ts';
import { pageNames, workbench } from '../pages/workbench.ts';
import { resetCluster, testbed } from '../testbed/testbed.ts';

const bed = testbed();
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

// Pictures for people to look at, in the reports' folder. It passes when every page could be shown.
for (const viewport of sizes) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`pictures, ${viewport.width} × ${viewport.height}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });

      test('of every page', async ({ person, openWorkbench }) => {
        const show = async (page: Page, name: string) => {
          const file = `${name}-${viewport.width}-${colorScheme}.png`;
          await page.screenshot({ path: join(reportsFolder, 'pictures', file), animations: 'disabled' });
        };
        await person.hasImage(bed.tiny.sif, 'tiny.sif');
        const { page } = await openWorkbench();
        const app = workbench(page);
        await expect(page.getByText(/is ready\.$/)).toBeVisible();
        await show(page, 'welcome');
        const images = await app.endWelcome();
        const detail = await images.choose('tiny.sif');
        const shell = await detail.openShell();
        await expect(shell.screen).toContainText('Apptainer>');
        await shell.type('hello from the workbench; cat /etc/os-release');
        await expect(shell.screen).toContainText('Tiny busybox image');
        for (const name of pageNames) {
          await app.goTo(name);
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await show(page, name.toLowerCase());
        }
        await app.goTo('Images');
        const run = await detail.openRunDialog();
        await expect(run.command).toContainText('apptainer run');
        await show(page, 'run-dialog');
        await page.keyboard.press('Escape');
        const pull = await images.openPullDialog();
        await pull.reference.fill(`docker://${bed.registry}/${bed.realistic.repository}:1`);
        await expect(pull.byHand).toContainText('apptainer pull');
        await show(page, 'pull-dialog');
        await page.keyboard.press('Escape');
        for (const part of ['Tasks', 'Commands'] as const) {
          await app.showDock(part);
          await show(page, part.toLowerCase());
        }
      });
    });
  }
}

test.describe('pictures of clusters', () => {
  test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'realistic', 'ssh', 'sshFar'] });
  test.afterEach(resetCluster);

  test('in every size and theme', async ({ person, openWorkbench }) => {
    test.setTimeout(300_000);
    await prepareTour(person);
    const { page } = await openWorkbench();
    // One tour for all: what it shows takes a sign-in and a cut line.
    const look = lookOf(page);
    await tourHosts(page, look);
    await tourClusterImages(page, look);
  });
});

test.describe('pictures of registries', () => {
  test.use({ needs: tourParts });

  test('in every size and theme', async ({ person, openWorkbench }) => {
    test.setTimeout(300_000);
    const files = await prepareRegistryTour(person);
    const { page } = await openWorkbench();
    const look = lookOf(page);
    try {
      await tourRegistries(page, look);
      await tourTransfers(page, files, look);
    } finally {
      await files.dispose();
    }
  });
});

test.describe('pictures of workspaces', () => {
  test.use({ needs: workspaceTourParts });

  test('in every size and theme', async ({ person, openWorkbench }) => {
    test.setTimeout(300_000);
    const tour = await prepareWorkspaceTour(person);
    const { page } = await openWorkbench();
    try {
      await tourWorkspaces(page, tour, lookOf(page));
    } finally {
      await tour.dispose();
    }
  });
});

test.describe('pictures of builds and comparisons', () => {
  test.use({ needs: buildTourParts });

  test('in every size and theme', async ({ person, openWorkbench }) => {
    test.setTimeout(300_000);
    const images = await prepareBuildTour(person);
    const { page } = await openWorkbench();
    const look = lookOf(page);
    await tourBuilds(page, look);
    await tourCompare(page, images, look);
  });
});

test.describe('picture for the README', () => {
  test.use({ needs: ['user', 'registry', 'realistic', 'browser'], viewport: sizes[0], colorScheme: 'light' });

  test('of a tag and its layers', async ({ person, openWorkbench }) => {
    const repository = await pushPictureImage(person);
    // Nothing is asked of the others, which are not opened.
    await person.hasSettings({
      welcomed: true,
      registries: [
        listedRegistry('Lab registry', 'oci', bed.registry),
        listedRegistry('Docker Hub', 'docker-hub', 'index.docker.io'),
        listedRegistry('Quay', 'quay', 'quay.io'),
        listedRegistry('GitHub Packages', 'ghcr', 'ghcr.io'),
        listedRegistry('NVIDIA NGC', 'ngc', 'nvcr.io'),
        listedRegistry('CVMFS', 'folder', '/cvmfs/unpacked.cern.ch'),
      ],
    });
    const { page } = await openWorkbench();
    const app = workbench(page);
    await app.goTo('Registries');
    const lab = await app.registries.open('Lab registry');
    await lab.search(repository);
    const tags = await lab.openRepository(repository);
    await expect(tags.tags).toContainText('amd64');
    const image = await tags.choose('2026.11');
    const layers = await image.showTab('Layers');
    await layers.getByRole('option', { name: /numpy/ }).click();
    await expect(layers.getByRole('button', { name: /numpy/, pressed: true })).toBeVisible();
    await page.mouse.move(640, 60);
    const folder =
      process.env['MYSINGULARITY_PICTURES'] === 'assets'
        ? join(checkout, 'assets')
        : join(reportsFolder, 'pictures');
    await page.screenshot({ path: join(folder, 'registries.png'), animations: 'disabled' });
  });
});

/** Takes what is shown in every size and theme; the page is the small light one again afterwards. */
function lookOf(page: Page): Look {
  return async (name) => {
    for (const viewport of [...sizes].reverse()) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['dark', 'light'] as const) {
        await setSystemTheme(page, colorScheme);
        const file = `${name}-${viewport.width}-${colorScheme}.png`;
        await page.screenshot({ path: join(reportsFolder, 'pictures', file), animations: 'disabled' });
      }
    }
  };
}
