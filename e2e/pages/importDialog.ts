import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';

/** The form of an import. */
export interface ImportDialog {
  readonly dialog: Locator;
  /** The file or folder of this machine. */
  readonly path: Locator;
  /** What the file turned out to be, and what will be done. */
  readonly fileName: Locator;
  submit(): Promise<void>;
}

/** Drops a file on the window, as a file manager does; the page is given its bytes, as browsers do. */
export async function dropFile(page: Page, path: string, name: string): Promise<ImportDialog> {
  const bytes = await readFile(path);
  const transfer = await page.evaluateHandle(
    ({ base64, fileName }) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const carried = new DataTransfer();
      carried.items.add(new File([data], fileName));
      return carried;
    },
    { base64: bytes.toString('base64'), fileName: name },
  );
  const main = page.getByRole('main');
  for (const event of ['dragover', 'drop']) await main.dispatchEvent(event, { dataTransfer: transfer });
  return importDialog(page);
}

/** The form that the page shows. */
export function importDialog(page: Page): ImportDialog {
  const dialog = page.getByRole('dialog', { name: 'Import image' });
  return {
    dialog,
    path: dialog.getByRole('combobox', { name: 'File or folder of this machine' }),
    fileName: dialog.getByRole('textbox', { name: 'File name' }),
    submit: () => dialog.getByRole('button', { name: /^Import( and overwrite)?$/ }).click(),
  };
}
