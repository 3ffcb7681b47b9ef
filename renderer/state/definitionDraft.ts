import { createStore } from 'zustand/vanilla';
import { goToPage } from './layout.ts';

/** The text of a definition file that another page made. */
export interface DefinitionDraft {
  /** `tool.def` */
  readonly name: string;
  readonly text: string;
}

/** What the builds page is to open as a new document; null when nothing is asked for, or it was taken. */
export const definitionDraftStore = createStore<{ readonly draft: DefinitionDraft | null }>()(() => ({
  draft: null,
}));

/** Opens a text as a new definition file in the editor, which is the builds page's: goes there. */
export function openDraft(draft: DefinitionDraft): void {
  definitionDraftStore.setState({ draft });
  goToPage('builds');
}
