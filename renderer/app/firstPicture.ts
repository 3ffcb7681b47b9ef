import type { StoreApi } from 'zustand/vanilla';
import { askForImages } from '#renderer/features/images/imageWatch.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';

/** Longer than this nobody looks at an empty window: the frame is then drawn without the data. */
const longestWaitMs = 250;

/**
 * Resolves when core has told what the first picture shows. Drawing the frame before that, and again some milliseconds
 * later, would show the data later than drawing once.
 */
export async function dataOfFirstPicture(): Promise<void> {
  const isOnImages = layoutStore.getState().page === 'images';
  await Promise.race([
    Promise.all([
      until(settingsStore, ({ settings }) => settings !== null),
      until(hostsStore, ({ isLoaded }) => isLoaded),
      isOnImages ? askForImages(hostsStore.getState().currentId) : null,
    ]),
    new Promise((resolve) => setTimeout(resolve, longestWaitMs)),
  ]);
}

function until<State>(store: StoreApi<State>, isTrue: (state: State) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(look);
    function look(): void {
      if (!isTrue(store.getState())) return;
      stop();
      resolve();
    }
    look();
  });
}
