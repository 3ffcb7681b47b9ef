import type { StoreApi } from 'zustand/vanilla';
import { askForImages } from '#renderer/features/images/imageWatch.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';

/** Longer than this nobody looks at an empty window: the frame is then drawn without the data. */
const longestWaitMs = 250;

/**
 * Resolves when core has told what the first picture shows. Drawing the frame before that, and again some milliseconds
 * later, would show the data later than drawing once. Waits for the styles, too, without which nothing is to be drawn.
 */
export async function dataOfFirstPicture(): Promise<void> {
  const isOnImages = layoutStore.getState().page === 'images';
  const styled = whenStyled();
  await Promise.race([
    Promise.all([
      until(settingsStore, ({ settings }) => settings !== null),
      until(hostsStore, ({ isLoaded }) => isLoaded),
      isOnImages ? askForImages(hostsStore.getState().currentId) : null,
    ]),
    new Promise((resolve) => setTimeout(resolve, longestWaitMs)),
  ]);
  await styled;
}

/** Resolves when every style sheet has come, or failed to. */
async function whenStyled(): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')];
  await Promise.all(
    links.map((link) => {
      if (link.sheet !== null) return null;
      return new Promise<void>((resolve) => {
        for (const end of ['load', 'error']) link.addEventListener(end, () => resolve(), { once: true });
      });
    }),
  );
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
