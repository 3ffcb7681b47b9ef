import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

const storageStore = createStore<{ readonly isCleanShown: boolean }>()(() => ({ isCleanShown: false }));

/** Shows or hides the dialog that cleans the layer store. */
export function showClean(isCleanShown: boolean): void {
  storageStore.setState({ isCleanShown });
}

/** Whether the dialog that cleans the layer store is shown. */
export function useIsCleanShown(): boolean {
  return useStore(storageStore, (state) => state.isCleanShown);
}
