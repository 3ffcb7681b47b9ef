import type { Locator, Page } from '@playwright/test';
import { type ActionDialog, actionDialog } from './actionDialog.ts';
import { type DeleteDialog, deleteDialog } from './deleteDialog.ts';
import { type PublishDialog, publishDialog } from './publishDialog.ts';
import { type PullDialog, pullDialog } from './pullDialog.ts';
import { type TerminalView, terminals } from './terminals.ts';

/** The images page: list, pulls above it, and the detail of the chosen image. */
export interface ImagesPage {
  readonly grid: Locator;
  /** The row of an image, by its file name. */
  row(name: string): Locator;
  /** The pull of a reference, while it runs or waits to be dismissed. */
  pull(reference: string): PullRow;
  openPullDialog(): Promise<PullDialog>;
  choose(name: string): Promise<ImageDetailPane>;
}

export interface PullRow {
  readonly row: Locator;
  readonly progress: Locator;
  cancel(): Promise<void>;
  retry(): Promise<void>;
  showError(): Promise<Locator>;
}

export interface ImageDetailPane {
  readonly pane: Locator;
  showTab(name: string): Promise<Locator>;
  openShell(): Promise<TerminalView>;
  openRunDialog(): Promise<ActionDialog>;
  openInWorkspace(): Promise<ActionDialog>;
  openDeleteDialog(): Promise<DeleteDialog>;
  openPublishDialog(): Promise<PublishDialog>;
}

export function imagesPage(page: Page): ImagesPage {
  const grid = page.getByRole('grid', { name: 'Images' });
  const row = (name: string) =>
    grid.getByRole('row').filter({ has: page.getByRole('gridcell', { name, exact: true }) });
  return {
    grid,
    row,
    pull: (reference) => pullRow(grid, reference),
    openPullDialog: async () => {
      await page.getByRole('button', { name: 'Pull image', exact: true }).click();
      return pullDialog(page);
    },
    choose: async (name) => {
      await row(name).click();
      return detailPane(page, name);
    },
  };
}

function pullRow(grid: Locator, reference: string): PullRow {
  const row = grid
    .getByRole('row')
    .filter({ has: grid.page().getByRole('button', { name: new RegExp(`pull of ${escaped(reference)}$`) }) });
  const press = (verb: string) =>
    grid.getByRole('button', { name: `${verb} the pull of ${reference}`, exact: true }).click();
  return {
    row,
    progress: grid.getByRole('progressbar', { name: `Progress of ${reference}` }),
    cancel: () => press('Cancel'),
    retry: () => press('Retry'),
    showError: async () => {
      await row.getByRole('button', { name: 'What happened' }).click();
      return row.getByRole('alert');
    },
  };
}

function detailPane(page: Page, name: string): ImageDetailPane {
  const pane = page.getByRole('complementary', { name: `Detail of ${name}`, exact: true });
  const fromMenu = async (item: string) => {
    await pane.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  return {
    pane,
    showTab: async (tab) => {
      await pane.getByRole('tab', { name: tab }).click();
      return pane.getByRole('tabpanel', { name: tab });
    },
    openShell: async () => {
      await pane.getByRole('button', { name: 'Shell', exact: true }).click();
      return terminals(page).current;
    },
    openRunDialog: async () => {
      await pane.getByRole('button', { name: 'Run…' }).click();
      return actionDialog(page);
    },
    openInWorkspace: async () => {
      await fromMenu('Open in workspace…');
      return actionDialog(page);
    },
    openPublishDialog: async () => {
      await fromMenu('Push to a registry…');
      return publishDialog(page);
    },
    openDeleteDialog: async () => {
      await fromMenu('Delete…');
      return deleteDialog(page);
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
