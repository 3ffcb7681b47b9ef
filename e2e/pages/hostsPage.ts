import { expect, type Locator, type Page } from '@playwright/test';

/** The hosts page: list, and what is known of the chosen host. */
export interface HostsPage {
  /** Opens the form of a new host and chooses one of the ssh configuration in it. */
  openAddDialog(destination: string): Promise<Locator>;
  /** Adds a host of the ssh configuration and begins to connect. */
  addAndConnect(destination: string): Promise<void>;
  choose(label: string): Promise<HostPane>;
}

export interface HostPane {
  readonly pane: Locator;
  connect(): Promise<void>;
  /** Resolves when the host can be used. */
  untilConnected(): Promise<void>;
  showTab(name: HostTabName): Promise<Locator>;
}

/** The tabs of a host that is reached by ssh. */
export const hostTabs = ['Overview', 'Doctor', 'Features', 'Facts', 'Settings', 'Leftovers'] as const;
export type HostTabName = (typeof hostTabs)[number];

/** A question that ssh asks while it connects. */
export interface PromptDialog {
  readonly dialog: Locator;
  answer(text: string): Promise<void>;
}

export function hostsPage(page: Page): HostsPage {
  const openAddDialog = async (destination: string) => {
    await page.getByRole('button', { name: 'Add host' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add host' });
    await dialog.getByRole('option', { name: new RegExp(`^${destination} `) }).click();
    return dialog;
  };
  return {
    openAddDialog,
    addAndConnect: async (destination) => {
      const dialog = await openAddDialog(destination);
      await dialog.getByRole('button', { name: 'Add and connect' }).click();
    },
    choose: async (label) => {
      await page
        .getByRole('list')
        .getByRole('button', { name: new RegExp(`^${label} \\S*@`) })
        .click();
      return hostPane(page, label);
    },
  };
}

/** What is known of one host, when it is chosen. */
export function hostPane(page: Page, label: string): HostPane {
  const pane = page.getByRole('region', { name: `About ${label}`, exact: true });
  return {
    pane,
    connect: () =>
      pane
        .getByRole('button', { name: /^(Connect|Reconnect)$/ })
        .first()
        .click(),
    untilConnected: () => expect(pane.getByRole('button', { name: 'Disconnect' })).toBeVisible(),
    showTab: async (name) => {
      await pane.getByRole('tab', { name }).click();
      return pane.getByRole('tabpanel', { name });
    },
  };
}

export function promptDialog(page: Page, label: string): PromptDialog {
  const dialog = page.getByRole('dialog', { name: `Sign in to ${label}` });
  return {
    dialog,
    answer: async (text) => {
      await dialog.getByLabel('Your answer').fill(text);
      await page.keyboard.press('Enter');
    },
  };
}
