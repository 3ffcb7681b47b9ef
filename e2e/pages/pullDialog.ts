import type { Locator, Page } from '@playwright/test';

/** The form of a pull. */
export interface PullDialog {
  readonly dialog: Locator;
  readonly reference: Locator;
  readonly fileName: Locator;
  /** What a person would type to get the same. */
  readonly byHand: Locator;
  /** What is wrong, in words: below a field or for the whole form. */
  readonly problem: Locator;
  submit(): Promise<void>;
}

export function pullDialog(page: Page): PullDialog {
  const dialog = page.getByRole('dialog', { name: 'Pull image' });
  return {
    dialog,
    reference: dialog.getByLabel('Reference'),
    fileName: dialog.getByLabel('File name'),
    byHand: dialog.getByRole('region', { name: 'By hand' }),
    problem: dialog.getByRole('alert'),
    submit: () => dialog.getByRole('button', { name: /^(Pull|Add|Pull and overwrite)$/ }).click(),
  };
}
