import { expect, type Locator, type Page } from '@playwright/test';
import { type ImagesPage, imagesPage } from './imagesPage.ts';
import { type RegistriesPage, registriesPage } from './registriesPage.ts';

/** The pages of the rail, by their names. */
export const pageNames = [
  'Images',
  'Registries',
  'Builds',
  'Sandboxes',
  'Workspaces',
  'Instances',
  'Overlays',
  'Shells',
  'Storage',
  'Keys',
  'Hosts',
  'Settings',
] as const;
export type PageName = (typeof pageNames)[number];

/** The frame of the window: rail, dock, status bar, palette. */
export interface Workbench {
  readonly images: ImagesPage;
  readonly registries: RegistriesPage;
  readonly dock: Locator;
  readonly status: Locator;
  goTo(name: PageName): Promise<void>;
  /** Leaves the welcome of the first start. */
  endWelcome(): Promise<ImagesPage>;
  showDock(part: 'Terminals' | 'Tasks' | 'Commands'): Promise<Locator>;
  /** Opens the menu in which the host is chosen that pages show. */
  openSwitcher(): Promise<Locator>;
  /** Makes the pages show another host, by its name. */
  showHost(label: string): Promise<void>;
}

export function workbench(page: Page): Workbench {
  const dock = page.getByRole('region', { name: 'Dock' });
  const openSwitcher = async () => {
    await page.getByRole('button', { name: /^Host: / }).click();
    return page.getByRole('menu');
  };
  return {
    images: imagesPage(page),
    registries: registriesPage(page),
    dock,
    status: page.getByRole('contentinfo', { name: 'Status' }),
    goTo: async (name) => {
      const entry = page
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name: new RegExp(`^${name}`) });
      await entry.click();
      await expect(entry).toHaveAttribute('aria-current', 'page');
    },
    endWelcome: async () => {
      await page.getByRole('button', { name: 'Show my images' }).click();
      return imagesPage(page);
    },
    showDock: async (part) => {
      const button = page.getByRole('button', { name: new RegExp(`^${part}( |$)`) });
      if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
      return dock;
    },
    openSwitcher,
    showHost: async (label) => {
      const menu = await openSwitcher();
      await menu.getByRole('menuitemcheckbox', { name: new RegExp(`^${label}\\b`) }).click();
    },
  };
}
