import { expect, type Locator, type Page } from '@playwright/test';

/** The builds page: definition files in an editor, and what was built of them. */
export interface BuildsPage {
  /** The text that is edited. */
  readonly editor: Locator;
  /** The line below the editor that counts problems. */
  readonly problems: Locator;
  /** Phases, outcome and log of the build that is looked at. */
  readonly build: Locator;
  /** A new definition from a template, by its title. */
  startFrom(template: string): Promise<void>;
  /** Opens a file of this machine, or of a host. */
  open(path: string, host?: string): Promise<void>;
  /** Writes over the whole text. */
  write(text: string): Promise<void>;
  saveAs(path: string): Promise<void>;
  openBuild(): Promise<BuildDialog>;
  /** Puts the build that is looked at beside the one before it. */
  compareWithEarlier(): Promise<Locator>;
}

export interface BuildDialog {
  readonly dialog: Locator;
  readonly way: Locator;
  readonly fileName: Locator;
  /** Names the image, once a name is proposed. */
  name(fileName: string): Promise<void>;
  /** Where the build begins, of a definition with checkpoints. */
  readonly checkpoints: Locator;
  /** Builds as root; a terminal asks for the password. */
  chooseSudo(): Promise<void>;
  /** Replaces the image that has the name. */
  replace(): Promise<void>;
  /** Builds on a host, by what the person calls it. */
  chooseHost(label: string): Promise<void>;
  /** Takes a missing file from a path of a host. */
  pick(source: string, host: string, path: string): Promise<void>;
  /** Waits until the form may be sent, and sends it. */
  submit(): Promise<void>;
}

export function buildsPage(page: Page): BuildsPage {
  const body = page.locator('[data-page="builds"]');
  const editor = body.getByRole('textbox', { name: /^Definition file / });
  return {
    editor,
    problems: body.getByRole('button', { name: /^(\d+ problems?|No problems found\.)$/ }),
    build: body.getByRole('region', { name: /^Build of / }),
    startFrom: async (template) => {
      await body.getByRole('button', { name: 'New from template…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'New definition from a template' });
      await dialog.getByRole('button', { name: new RegExp(`^${template}`) }).click();
      await expect(editor).toBeVisible();
    },
    open: async (path, host) => {
      await body.getByRole('button', { name: 'Open definition…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Open definition file' });
      if (host !== undefined) {
        await dialog.getByRole('combobox', { name: 'On', exact: true }).click();
        await page.getByRole('option', { name: host }).click();
      }
      await dialog.getByRole('combobox', { name: 'File' }).fill(path);
      await dialog.getByRole('button', { name: 'Open' }).click();
      await expect(editor).toBeVisible();
    },
    write: async (text) => {
      await editor.fill(text);
    },
    saveAs: async (path) => {
      await page.keyboard.press('Control+Shift+S');
      const dialog = page.getByRole('dialog', { name: 'Save definition file' });
      await dialog.getByRole('combobox', { name: 'File' }).fill(path);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(dialog).toBeHidden();
    },
    openBuild: async () => {
      await body.getByRole('button', { name: 'Build…' }).first().click();
      return buildDialog(page);
    },
    compareWithEarlier: async () => {
      await body.getByRole('button', { name: 'More about this build' }).click();
      await page.getByRole('menuitem', { name: 'Compare with another build…' }).click();
      return page.getByRole('dialog', { name: 'Two builds side by side' });
    },
  };
}

function buildDialog(page: Page): BuildDialog {
  const dialog = page.getByRole('dialog', { name: /^Build / });
  const fileName = dialog.getByRole('textbox', { name: 'File name' });
  return {
    dialog,
    way: dialog.getByRole('region', { name: 'How it is built' }),
    fileName,
    name: async (wanted) => {
      await expect(fileName).not.toHaveValue('');
      await fileName.fill(wanted);
    },
    checkpoints: dialog.getByRole('status').filter({ hasText: /kept/ }),
    chooseSudo: async () => {
      await dialog.getByRole('radio', { name: 'Root, through sudo' }).click();
    },
    replace: async () => {
      await dialog.getByRole('checkbox', { name: 'Replace it' }).click();
    },
    chooseHost: async (label) => {
      await dialog.getByRole('combobox', { name: 'Build on' }).click();
      await page.getByRole('option', { name: label }).click();
    },
    pick: async (source, host, path) => {
      await dialog.getByRole('button', { name: `Pick ${source} on a host…` }).click();
      const question = page.getByRole('dialog', { name: `Where is ${source}?` });
      await question.getByRole('combobox', { name: 'On', exact: true }).click();
      await page.getByRole('option', { name: host }).click();
      await question.getByRole('combobox', { name: 'File or folder' }).fill(path);
      await question.getByRole('button', { name: 'Use it' }).click();
      await expect(question).toBeHidden();
    },
    submit: async () => {
      await dialog.getByRole('button', { name: /^Build( and replace)?$/ }).click();
      await expect(dialog).toBeHidden();
    },
  };
}
