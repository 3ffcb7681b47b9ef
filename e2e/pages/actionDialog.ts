import type { Locator, Page } from '@playwright/test';
import { type TerminalView, terminals } from './terminals.ts';

/** The form of shell, run and exec. */
export interface ActionDialog {
  readonly dialog: Locator;
  readonly args: Locator;
  /** The command line that the form stands for. */
  readonly command: Locator;
  readonly workspace: Locator;
  /** Whether and how the workspace can be opened. */
  readonly preflight: Locator;
  addBind(source: string, destination: string): Promise<void>;
  submit(): Promise<TerminalView>;
}

export function actionDialog(page: Page): ActionDialog {
  const dialog = page.getByRole('dialog', { name: /^(Shell in|Run|Execute in) / });
  return {
    dialog,
    args: dialog.getByLabel(/^(Arguments|Program and arguments)$/),
    command: dialog.getByRole('code').first(),
    workspace: dialog.getByRole('combobox', { name: 'Workspace' }),
    preflight: dialog.getByRole('list', { name: 'Whether and how the workspace can be opened' }),
    addBind: async (source, destination) => {
      await dialog.getByRole('button', { name: 'Add bind' }).click();
      await dialog.getByLabel('Bind 1, on the host').fill(source);
      await dialog.getByLabel('Bind 1, in the container').fill(destination);
    },
    submit: async () => {
      await dialog.getByRole('button', { name: /^(Open shell|Run|Execute)$/ }).click();
      return terminals(page).current;
    },
  };
}
