import type { Locator, Page } from '@playwright/test';

/** The terminals of the dock. */
export interface Terminals {
  readonly tabs: Locator;
  /** The one that is shown. */
  readonly current: TerminalView;
}

export interface TerminalView {
  /** The text on the screen, as the DOM renderer draws it. */
  readonly screen: Locator;
  /** Types a line and presses Enter. */
  type(line: string): Promise<void>;
}

export function terminals(page: Page): Terminals {
  const dock = page.getByRole('region', { name: 'Dock' });
  const terminal = dock.locator('.xterm:visible').first();
  return {
    tabs: dock.getByRole('tab'),
    current: {
      screen: terminal.locator('.xterm-rows'),
      type: async (line) => {
        await terminal.click();
        await page.keyboard.type(line);
        await page.keyboard.press('Enter');
      },
    },
  };
}
