import type { Locator, Page } from '@playwright/test';

/** The form that sends images of this machine to a host. */
export interface SendDialog {
  readonly dialog: Locator;
  /** What a person would type to get the same; there when it is known what will happen. */
  readonly byHand: Locator;
  readonly submitButton: Locator;
  submit(): Promise<void>;
}

export function sendDialog(page: Page): SendDialog {
  const dialog = page.getByRole('dialog', { name: /^Send / });
  const submitButton = dialog.getByRole('button', { name: 'Send', exact: true });
  return {
    dialog,
    submitButton,
    byHand: dialog.getByRole('region', { name: 'By hand' }),
    submit: () => submitButton.click(),
  };
}
