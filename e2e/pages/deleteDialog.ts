import type { Locator, Page } from '@playwright/test';

/** The question before images are deleted; it names paths and sizes. */
export interface DeleteDialog {
  readonly dialog: Locator;
  confirm(): Promise<void>;
}

export function deleteDialog(page: Page): DeleteDialog {
  const dialog = page.getByRole('alertdialog', { name: /^Delete / });
  return {
    dialog,
    confirm: () => dialog.getByRole('button', { name: /^Delete/ }).click(),
  };
}
