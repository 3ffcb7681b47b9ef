import { expect, type Locator, type Page } from '@playwright/test';
import { type PullDialog, pullDialog } from './pullDialog.ts';

/** The registries page: the person's list, what the chosen registry has, and what is in a tag. */
export interface RegistriesPage {
  readonly list: Locator;
  /** Adds a registry: it is asked what it is, and gets this name in the list. */
  add(address: string, name: string): Promise<void>;
  open(name: string): Promise<OpenedRegistry>;
}

export interface OpenedRegistry {
  readonly region: Locator;
  readonly repositories: Locator;
  /** The truth about signing in. */
  readonly access: Locator;
  openSignIn(): Promise<SignInForm>;
  signIn(credentials: Credentials): Promise<void>;
  search(term: string): Promise<void>;
  openRepository(name: string): Promise<OpenedRepository>;
  /** From the tags to the list. */
  back(): Promise<void>;
}

export interface Credentials {
  readonly userName: string;
  readonly password: string;
}

export interface SignInForm {
  readonly dialog: Locator;
  fill(credentials: Credentials): Promise<void>;
  submit(): Promise<void>;
}

export interface OpenedRepository {
  readonly tags: Locator;
  choose(tag: string): Promise<ImageOfRegistry>;
}

export interface ImageOfRegistry {
  readonly pane: Locator;
  showTab(name: string): Promise<Locator>;
  referTo(by: 'by tag' | 'by digest'): Promise<void>;
  pullTo(form: 'SIF' | 'sandbox'): Promise<PullDialog>;
}

export function registriesPage(page: Page): RegistriesPage {
  const list = page.getByRole('list', { name: /^Registries/ });
  return {
    list,
    add: async (address, name) => {
      await page.getByRole('button', { name: 'Add registry…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Add a registry' });
      await dialog.getByRole('textbox', { name: 'Name or address' }).fill(address);
      await dialog.getByRole('button', { name: 'See what it is' }).click();
      const label = dialog.getByRole('textbox', { name: 'Name in the list' });
      await label.fill(name);
      await dialog.getByRole('button', { name: 'Add registry' }).click();
      await expect(dialog).toBeHidden();
    },
    open: async (name) => {
      await list.getByRole('button', { name: new RegExp(`^${name}`) }).click();
      return openedRegistry(page, name);
    },
  };
}

function openedRegistry(page: Page, name: string): OpenedRegistry {
  const region = page.getByRole('region', { name, exact: true });
  const access = region.getByRole('region', { name: 'Signing in' });
  const openSignIn = async () => {
    await access.getByRole('button', { name: 'Sign in…' }).click();
    return signInForm(page);
  };
  return {
    region,
    repositories: region.getByRole('grid', { name: 'Repositories' }),
    access,
    openSignIn,
    signIn: async (credentials) => {
      const form = await openSignIn();
      await form.fill(credentials);
      await form.submit();
    },
    back: async () => {
      await region.getByRole('button', { name: 'Back to the list' }).click();
    },
    search: async (term) => {
      await region.getByRole('textbox', { name: `Search ${name}` }).fill(term);
    },
    openRepository: async (repository) => {
      await region.getByRole('row').filter({ hasText: repository }).first().click();
      return openedRepository(page, region, repository);
    },
  };
}

/** The dialog that asks who the person is to a registry. */
export function signInForm(page: Page): SignInForm {
  const dialog = page.getByRole('dialog', { name: /^Sign in/ });
  return {
    dialog,
    fill: async ({ userName, password }) => {
      await dialog.getByRole('textbox', { name: 'User name' }).fill(userName);
      await dialog.getByLabel('Password or token', { exact: true }).fill(password);
    },
    submit: () => dialog.getByRole('button', { name: /^Sign in( and try again)?$/ }).click(),
  };
}

function openedRepository(page: Page, region: Locator, repository: string): OpenedRepository {
  const tags = region.getByRole('grid', { name: `Tags of ${repository}` });
  return {
    tags,
    choose: async (tag) => {
      await tags.getByRole('gridcell', { name: tag, exact: true }).click();
      const pane = page.getByRole('complementary', { name: `About ${repository}:${tag}` });
      return {
        pane,
        showTab: async (tab) => {
          await pane.getByRole('tab', { name: tab }).click();
          return pane.getByRole('tabpanel', { name: tab });
        },
        referTo: async (by) => {
          await pane.getByRole('radio', { name: by }).click();
        },
        pullTo: async (form) => {
          await pane.getByRole('button', { name: `Pull to ${form}` }).click();
          return pullDialog(page);
        },
      };
    },
  };
}
