import type { Locator, Page } from '@playwright/test';

/** What builds have kept, on the page of storage. */
export interface CheckpointList {
  readonly section: Locator;
  row(name: string): Locator;
  /** Removes one, by its name and that of its definition. */
  remove(name: string, definition: string): Promise<void>;
  removeAll(): Promise<void>;
}

export function checkpointList(page: Page): CheckpointList {
  const section = page.getByRole('region', { name: 'Checkpoints of builds' });
  const confirm = () =>
    page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Remove \d+ checkpoints?$/ })
      .click();
  return {
    section,
    row: (name) => section.getByRole('row').filter({ has: page.getByRole('cell', { name, exact: true }) }),
    remove: async (name, definition) => {
      await section.getByRole('button', { name: `Remove checkpoint ${name} of ${definition}` }).click();
      await confirm();
    },
    removeAll: async () => {
      await section.getByRole('button', { name: 'Remove all' }).click();
      await confirm();
    },
  };
}
