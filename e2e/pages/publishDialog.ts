import type { Locator, Page } from '@playwright/test';

/** The form that pushes an image to a registry. */
export interface PublishDialog {
  readonly dialog: Locator;
  readonly reference: Locator;
  submit(): Promise<void>;
}

export function publishDialog(page: Page): PublishDialog {
  const dialog = page.getByRole('dialog', { name: /^Push .* to a registry$/ });
  return {
    dialog,
    reference: dialog.getByRole('textbox', { name: 'To', exact: true }),
    submit: () => dialog.getByRole('button', { name: 'Push', exact: true }).click(),
  };
}
