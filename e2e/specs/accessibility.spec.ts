import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectNoViolations } from '../fixtures/accessible.ts';
import { buildTourParts, prepareBuildTour, tourBuilds, tourCompare } from '../fixtures/buildTour.ts';
import { type Look, prepareTour, tourClusterImages, tourHosts } from '../fixtures/clusterTour.ts';
import { prepareRegistryTour, tourParts, tourRegistries, tourTransfers } from '../fixtures/registryTour.ts';
import { test } from '../fixtures/test.ts';
import { prepareWorkspaceTour, tourWorkspaces, workspaceTourParts } from '../fixtures/workspaceTour.ts';
import { pageNames, workbench } from '../pages/workbench.ts';
import { resetCluster, testbed } from '../testbed/testbed.ts';

const bed = testbed();

/** Looks at what is shown in both themes. */
function lookInBoth(page: Page): Look {
  return (name) => expectAccessible(page, name);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('no page breaks a rule of accessibility', async ({ person, openWorkbench }) => {
      test.slow();
      await person.hasImage(bed.tiny.sif, 'tiny.sif');
      await person.hasSettings({ welcomed: true });
      const { page } = await openWorkbench();
      const app = workbench(page);
      for (const name of pageNames) {
        await app.goTo(name);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expectNoViolations(page, name);
      }
    });

    test('nor do the welcome, a detail, the dialogs and the dock', async ({ person, openWorkbench }) => {
      test.slow();
      await person.hasImage(bed.tiny.sif, 'tiny.sif');
      const { page } = await openWorkbench();
      const app = workbench(page);
      await expect(page.getByText(/is ready\.$/)).toBeVisible();
      await expectNoViolations(page, 'welcome');

      const images = await app.endWelcome();
      const detail = await images.choose('tiny.sif');
      for (const tab of ['Summary', 'Definition', 'Environment', 'Labels', 'Apps', 'Objects', 'Log']) {
        await expect(await detail.showTab(tab)).toBeVisible();
        await expectNoViolations(page, `detail, ${tab}`);
      }
      const run = await detail.openRunDialog();
      await expect(run.command).toContainText('apptainer run');
      await expectNoViolations(page, 'run dialog');
      await page.keyboard.press('Escape');
      const pull = await images.openPullDialog();
      await pull.reference.fill(`docker://${bed.registry}/${bed.tiny.repository}:v1`);
      await expect(pull.byHand).toContainText('apptainer pull');
      await expectNoViolations(page, 'pull dialog');
      await pull.submit();
      await expect(images.row('tiny_v1.sif')).toBeVisible();
      const shell = await detail.openShell();
      await expect(shell.screen).toContainText('Apptainer>');
      await expectNoViolations(page, 'terminal');
      for (const part of ['Tasks', 'Commands'] as const) {
        await app.showDock(part);
        await expectNoViolations(page, part);
      }
    });
  });
}

test.describe('clusters', () => {
  test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'realistic', 'ssh', 'sshFar'] });
  test.afterEach(resetCluster);

  test('break no rule either, in both themes', async ({ person, openWorkbench }) => {
    test.setTimeout(240_000);
    await prepareTour(person);
    const { page } = await openWorkbench();
    const look = lookInBoth(page);
    await tourHosts(page, look);
    await tourClusterImages(page, look);
  });
});

test.describe('registries, imports and pushes', () => {
  test.use({ needs: tourParts });

  test('break no rule either, in both themes', async ({ person, openWorkbench }) => {
    test.setTimeout(240_000);
    const files = await prepareRegistryTour(person);
    const { page } = await openWorkbench();
    const look = lookInBoth(page);
    try {
      await tourRegistries(page, look);
      await tourTransfers(page, files, look);
    } finally {
      await files.dispose();
    }
  });
});

test.describe('workspaces', () => {
  test.use({ needs: workspaceTourParts });

  test('break no rule either, in both themes', async ({ person, openWorkbench }) => {
    test.setTimeout(240_000);
    const tour = await prepareWorkspaceTour(person);
    const { page } = await openWorkbench();
    try {
      await tourWorkspaces(page, tour, lookInBoth(page));
    } finally {
      await tour.dispose();
    }
  });
});

test.describe('builds and comparisons', () => {
  test.use({ needs: buildTourParts });

  test('break no rule either, in both themes', async ({ person, openWorkbench }) => {
    test.setTimeout(240_000);
    const images = await prepareBuildTour(person);
    const { page } = await openWorkbench();
    const look = lookInBoth(page);
    await tourBuilds(page, look);
    await tourCompare(page, images, look);
  });
});
