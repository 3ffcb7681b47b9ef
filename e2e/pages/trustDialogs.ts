import { expect, type Locator, type Page } from '@playwright/test';

/** Makes a key on the page of keys; answers its row. */
export async function createKey(
  page: Page,
  key: { readonly name: string; readonly email: string; readonly passphrase: string },
): Promise<Locator> {
  await page.getByRole('main').getByRole('button', { name: 'Create key…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create key' });
  await dialog.getByLabel('Name', { exact: true }).fill(key.name);
  await dialog.getByLabel('Email address').fill(key.email);
  await dialog.getByLabel('Passphrase', { exact: true }).fill(key.passphrase);
  await dialog.getByLabel('Passphrase again').fill(key.passphrase);
  await dialog.getByRole('radio', { name: 'RSA 2048' }).click();
  await dialog.getByRole('button', { name: 'Create key', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  return page.getByRole('list', { name: 'Keys' }).getByRole('button', { name: key.name });
}

/** Signs the image whose detail is shown, with the key that is proposed. */
export async function signImage(page: Page, name: string, passphrase: string): Promise<Locator> {
  const dialog = await fromMenu(page, 'Sign…', `Sign ${name}`);
  await expect(dialog.getByRole('list', { name: 'Will be covered' })).toContainText('FS (Squashfs');
  await dialog.getByLabel('Passphrase of the key').fill(passphrase);
  await dialog.getByRole('button', { name: 'Sign', exact: true }).click();
  return dialog;
}

/** Verifies the image whose detail is shown with the keys of its host; answers what was found. */
export async function verifyImage(page: Page, name: string): Promise<Locator> {
  const dialog = await fromMenu(page, 'Verify…', `Verify ${name}`);
  const result = dialog.getByRole('region', { name: 'Result' });
  await expect(result).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 });
  return result;
}

async function fromMenu(page: Page, item: string, title: string): Promise<Locator> {
  await page
    .getByRole('complementary', { name: /^Detail of/ })
    .getByRole('button', { name: 'More actions' })
    .click();
  await page.getByRole('menuitem', { name: item }).click();
  return page.getByRole('dialog', { name: title });
}

/** Makes an encrypted copy, under the proposed name, of the image whose detail is shown. */
export async function encryptImage(page: Page, name: string, passphrase: string): Promise<void> {
  const dialog = await fromMenu(page, 'Encrypt…', `Encrypt ${name}`);
  await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await dialog.getByLabel('Passphrase again').fill(passphrase);
  await dialog.getByRole('button', { name: 'Encrypt', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
}
