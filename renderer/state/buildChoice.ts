import { createStore } from 'zustand/vanilla';
import type { TaskId } from '#core/contract/ids.ts';
import { goToPage } from './layout.ts';

/** The build that another page wants shown; null when nothing is asked for, or it was taken. */
export const buildChoiceStore = createStore<{ readonly wantedId: TaskId | null }>()(() => ({
  wantedId: null,
}));

/** Shows a build of the history, which is the builds page's: goes there. */
export function openBuild(wantedId: TaskId): void {
  buildChoiceStore.setState({ wantedId });
  goToPage('builds');
}
