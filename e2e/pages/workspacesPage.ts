import { expect, type Locator, type Page } from '@playwright/test';
import { type ActionDialog, actionDialog } from './actionDialog.ts';

/** The page of workspaces: the list of the shown host, and the detail of the chosen one. */
export interface WorkspacesPage {
  readonly grid: Locator;
  row(name: string): Locator;
  /** Makes an empty workspace, and waits until it is listed. */
  make(name: string, more?: { readonly image?: string; readonly description?: string }): Promise<void>;
  /** Adopts a packed file, or an image with a workspace in it, of the shown host or another. */
  adopt(path: string, name: string, more?: { readonly fileHost?: string }): Promise<void>;
  /** Types a path, and closes what completes it: that lies over the fields below. */
  fillPath(field: Locator, path: string): Promise<void>;
  choose(name: string): Promise<WorkspaceDetail>;
}

export interface WorkspaceDetail {
  readonly pane: Locator;
  showTab(name: 'Summary' | 'Snapshots' | 'Lineage'): Promise<Locator>;
  /** Asks for a shell in an image, up to the run dialog of the images page. */
  openIn(image: string): Promise<ActionDialog>;
  fromMenu(item: string): Promise<void>;
  /** The dialog of an entry of its menu. */
  openDialog(item: 'Pack…' | 'Embed in an image…' | 'Sync…'): Promise<Locator>;
  /** Makes a snapshot, and waits until it is listed. */
  keepSnapshot(note: string): Promise<void>;
  /** Goes back, and waits until what was there before is listed as a snapshot. */
  goBack(note: string): Promise<void>;
  /** Packs into the folder of images under this name. */
  pack(fileName: string): Promise<void>;
  remove(): Promise<void>;
}

const workMs = 60_000;

export function workspacesPage(page: Page): WorkspacesPage {
  const grid = page.getByRole('grid', { name: /^Workspaces of / });
  const row = (name: string) =>
    grid.getByRole('row').filter({ has: page.getByRole('gridcell', { name, exact: true }) });
  return {
    grid,
    row,
    make: async (name, { image, description } = {}) => {
      await page.getByRole('main').getByRole('button', { name: 'New workspace…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'New workspace' });
      await dialog.getByLabel('Name', { exact: true }).fill(name);
      if (description !== undefined) await dialog.getByLabel('Description').fill(description);
      if (image !== undefined)
        await fillPath(dialog.getByRole('combobox', { name: /^Made for this image/ }), image);
      await dialog.getByRole('button', { name: 'Create workspace' }).click();
      await expect(dialog).toBeHidden();
      await expect(row(name)).toBeVisible({ timeout: workMs });
    },
    fillPath,
    adopt: async (path, name, { fileHost } = {}) => {
      await page.getByRole('main').getByRole('button', { name: 'Adopt…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Adopt a workspace' });
      if (fileHost !== undefined) {
        await dialog.getByRole('combobox', { name: 'File is on' }).click();
        await page.getByRole('option', { name: fileHost, exact: true }).click();
      }
      await fillPath(dialog.getByRole('combobox', { name: 'Packed workspace or image' }), path);
      await dialog.getByLabel('Name', { exact: true }).fill(name);
      await dialog.getByRole('button', { name: 'Adopt', exact: true }).click();
      await expect(dialog).toBeHidden();
      await expect(row(name)).toBeVisible({ timeout: workMs });
    },
    choose: async (name) => {
      await row(name).click();
      return workspaceDetail(page, name);
    },
  };
}

/** What completes a path lies over the fields below it, and goes with the focus. */
async function fillPath(field: Locator, path: string): Promise<void> {
  await field.fill(path);
  await field.press('Tab');
}

function workspaceDetail(page: Page, name: string): WorkspaceDetail {
  const pane = page.getByRole('complementary', { name, exact: true });
  const snapshots = pane.getByRole('list', { name: 'Snapshots, newest first' });
  const showTab = async (tab: string) => {
    await pane.getByRole('tab', { name: tab }).click();
    return pane.getByRole('tabpanel', { name: tab });
  };
  const fromMenu = async (item: string) => {
    await pane.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  return {
    pane,
    showTab,
    fromMenu,
    openDialog: async (item) => {
      await fromMenu(item);
      return page.getByRole('dialog', { name: new RegExp(`^\\S+ ${name}( |$)`) });
    },
    openIn: async (image) => {
      await pane.getByRole('button', { name: 'Shell…' }).click();
      const dialog = page.getByRole('dialog', { name: `Open ${name}` });
      await fillPath(dialog.getByRole('combobox', { name: 'In which image' }), image);
      await dialog.getByRole('button', { name: 'Continue…' }).click();
      return actionDialog(page);
    },
    keepSnapshot: async (note) => {
      await fromMenu('New snapshot…');
      const dialog = page.getByRole('dialog', { name: `New snapshot of ${name}` });
      await dialog.getByLabel('Note').fill(note);
      await dialog.getByRole('button', { name: 'Make snapshot' }).click();
      await expect(snapshots).toContainText(note, { timeout: workMs });
    },
    goBack: async (note) => {
      await showTab('Snapshots');
      const count = await snapshots.getByRole('listitem').count();
      await snapshots.getByRole('button', { name: `Go back to “${note}”` }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Go back', exact: true }).click();
      await expect(snapshots.getByRole('listitem')).toHaveCount(count + 1, { timeout: workMs });
    },
    pack: async (fileName) => {
      await pane.getByRole('button', { name: 'Pack…' }).click();
      const dialog = page.getByRole('dialog', { name: `Pack ${name}` });
      await dialog.getByLabel('File name').fill(fileName);
      await dialog.getByRole('button', { name: 'Pack', exact: true }).click();
      await expect(dialog).toBeHidden({ timeout: workMs });
    },
    remove: async () => {
      await fromMenu('Delete…');
      const question = page.getByRole('alertdialog', { name: `Delete ${name}?` });
      await question.getByLabel('Its name').fill(name);
      await question.getByRole('button', { name: 'Delete workspace' }).click();
      const left = page.getByRole('complementary', { name, exact: true, includeHidden: true });
      await expect(left).toHaveCount(0, { timeout: workMs });
    },
  };
}
