import type { Locator, Page } from '@playwright/test';

/** The terminals of the dock. */
export interface Terminals {
  readonly tabs: Locator;
  /** The one that is shown. */
  readonly current: TerminalView;
}

export interface TerminalView {
  readonly pane: Locator;
  /** The text on the screen, as the DOM renderer draws it. */
  readonly screen: Locator;
  /** Types a line and presses Enter. */
  type(line: string): Promise<void>;
}

export function terminals(page: Page): Terminals {
  const pane = page.getByRole('region', { name: /^Terminal / }).last();
  return {
    tabs: page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab'),
    current: {
      pane,
      screen: pane.locator('.xterm-rows'),
      type: async (line) => {
        await pane.getByRole('textbox').focus();
        await page.keyboard.type(line);
        await page.keyboard.press('Enter');
      },
    },
  };
}
