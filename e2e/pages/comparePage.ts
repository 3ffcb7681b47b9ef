import { expect, type Locator, type Page } from '@playwright/test';

/** The page of a comparison of two images. */
export interface ComparePage {
  readonly summary: Locator;
  /** The rows of a part, such as `Files`, after its tab was chosen. */
  showPart(name: 'Packages' | 'Files' | 'Definition' | 'Labels and environment'): Promise<Locator>;
  filter(label: 'Filter paths' | 'Filter packages', text: string): Promise<void>;
  swap(): Promise<void>;
}

/** Answers the dialog that asks which two images are compared, and waits for what was found. */
export async function compareImages(page: Page): Promise<ComparePage> {
  const dialog = page.getByRole('dialog', { name: 'Compare two images' });
  await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(dialog).toBeHidden();
  const found = comparePage(page);
  await expect(found.summary).toBeVisible({ timeout: 60_000 });
  return found;
}

function comparePage(page: Page): ComparePage {
  return {
    summary: page.getByRole('region', { name: 'Summary' }),
    showPart: async (name) => {
      await page.getByRole('tab', { name }).click();
      return page.getByRole('tabpanel', { name });
    },
    filter: (label, text) => page.getByRole('textbox', { name: label }).fill(text),
    swap: () => page.getByRole('button', { name: 'Compare the other way round' }).click(),
  };
}
