import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';

/** What is to be done with images of the library by another feature than the library's own. */
export type ImageWork =
  | { readonly kind: 'verify' | 'sign' | 'encrypt'; readonly image: Image }
  /** Up to two images of this machine, in the order left and right. */
  | { readonly kind: 'compare'; readonly paths: readonly HostPath[] };

const imageWorkStore = createStore<{ readonly work: ImageWork | null }>()(() => ({ work: null }));

/** Opens the dialog of a work over whichever page is shown; null closes it. */
export function openImageWork(work: ImageWork | null): void {
  imageWorkStore.setState({ work });
}

/** The work whose dialog is open. */
export function useImageWork(): ImageWork | null {
  return useStore(imageWorkStore, (state) => state.work);
}
