import { expect, type Locator, type Page } from '@playwright/test';
import { type TerminalView, terminals } from './terminals.ts';

/** The page of sandboxes: list, and the detail of the chosen one. */
export interface SandboxesPage {
  readonly grid: Locator;
  row(name: string): Locator;
  openNew(): Promise<NewSandbox>;
  choose(name: string): Promise<SandboxDetail>;
}

/** The form of a new sandbox. */
export interface NewSandbox {
  readonly dialog: Locator;
  chooseSource(name: 'Registry' | 'Image or archive' | 'Definition file'): Promise<void>;
  fill(label: 'Reference' | 'Image' | 'Definition file' | 'Name' | 'Folder', value: string): Promise<void>;
  /** Starts the work, and answers the detail of what it made, which is chosen at its end. */
  make(name: string): Promise<SandboxDetail>;
}

export interface SandboxDetail {
  readonly pane: Locator;
  showTab(name: 'Overview' | 'Changes' | 'Snapshots'): Promise<Locator>;
  /** The ways into it, once its host was asked. */
  readonly ways: Locator;
  openShell(way: string): Promise<TerminalView>;
  /** Reads the whole tree; answers the changed files. */
  compare(): Promise<Locator>;
  keepSnapshot(note: string): Promise<Locator>;
  /** Makes the sandbox what it was, and waits for the end of that. */
  goBack(note: string): Promise<void>;
  /** Opens the form of freezing. */
  openFreeze(): Promise<Locator>;
  fromMenu(item: string): Promise<void>;
  remove(): Promise<void>;
}

const workMs = 60_000;

export function sandboxesPage(page: Page): SandboxesPage {
  const grid = page.getByRole('grid', { name: 'Sandboxes', exact: true });
  const row = (name: string) =>
    grid.getByRole('row').filter({ has: page.getByRole('gridcell', { name, exact: true }) });
  return {
    grid,
    row,
    openNew: async () => {
      await page.getByRole('main').getByRole('button', { name: 'New sandbox…' }).first().click();
      return newSandbox(page);
    },
    choose: async (name) => {
      await grid.getByRole('row', { name: new RegExp(`^${name}\\b`) }).click();
      return sandboxDetail(page, name);
    },
  };
}

function newSandbox(page: Page): NewSandbox {
  const dialog = page.getByRole('dialog', { name: 'New sandbox' });
  return {
    dialog,
    chooseSource: (name) => dialog.getByRole('radio', { name }).click(),
    fill: async (label, value) => {
      const field = dialog.getByLabel(label, { exact: true }).and(dialog.locator('input'));
      await field.fill(value);
      // What completes a path lies over the fields below it.
      if ((await field.getAttribute('aria-expanded')) === 'true') await field.press('Escape');
    },
    make: async (name) => {
      await dialog.getByRole('button', { name: 'Make sandbox' }).click();
      await expect(dialog).toBeHidden();
      const detail = sandboxDetail(page, name);
      await expect(detail.pane).toBeVisible({ timeout: workMs });
      return detail;
    },
  };
}

function sandboxDetail(page: Page, name: string): SandboxDetail {
  const pane = page.getByRole('complementary', { name: `Detail of ${name}`, exact: true });
  const ways = pane.getByRole('region', { name: /^Open a shell/ });
  const showTab = async (tab: string) => {
    await pane.getByRole('tab', { name: tab }).click();
    return pane.getByRole('tabpanel', { name: tab });
  };
  const fromMenu = async (item: string) => {
    await pane.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const snapshots = pane.getByRole('list', { name: 'Snapshots, newest first' });
  return {
    pane,
    ways,
    showTab,
    fromMenu,
    openShell: async (way) => {
      await showTab('Overview');
      const { tabs, current } = terminals(page);
      const before = await tabs.count();
      await ways.getByRole('button', { name: `Open a shell: ${way}`, exact: true }).click();
      await expect(tabs).toHaveCount(before + 1);
      await expect(tabs.last()).toHaveAttribute('aria-selected', 'true');
      await expect(current.pane).toBeVisible();
      return current;
    },
    compare: async () => {
      await showTab('Changes');
      await pane.getByRole('button', { name: /^Compare (with the base|again)$/ }).click();
      const files = pane.getByRole('grid', { name: 'Changed files' });
      await expect(files).toBeVisible({ timeout: workMs });
      return files;
    },
    keepSnapshot: async (note) => {
      await pane.getByRole('button', { name: 'Keep a snapshot…' }).first().click();
      const dialog = page.getByRole('dialog', { name: `Keep a snapshot of ${name}` });
      await dialog.getByLabel('Note').fill(note);
      await dialog.getByRole('button', { name: 'Keep snapshot' }).click();
      await expect(snapshots).toContainText(note, { timeout: workMs });
      return snapshots;
    },
    goBack: async (note) => {
      await showTab('Snapshots');
      await snapshots.getByRole('button', { name: `Go back to ${note}`, exact: true }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Go back', exact: true }).click();
      await expect(snapshots).toContainText(`Before going back to ${note}`, { timeout: workMs });
    },
    openFreeze: async () => {
      await pane.getByRole('button', { name: 'Freeze to SIF…' }).click();
      return page.getByRole('dialog', { name: `Freeze ${name}` });
    },
    remove: async () => {
      await fromMenu('Delete sandbox…');
      const question = page.getByRole('alertdialog', { name: `Delete the sandbox ${name}?` });
      await question.getByRole('button', { name: `Delete ${name}` }).click();
      // What lies below a dialog is hidden as well, but there.
      const left = page.getByRole('complementary', { name: `Detail of ${name}`, includeHidden: true });
      await expect(left).toHaveCount(0, { timeout: workMs });
    },
  };
}
