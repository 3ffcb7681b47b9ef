import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Image } from '#core/contract/images.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { ImageList, type ImageListSnapshot } from './imageList.ts';
import type { ImageChip, ImageSort } from './imageRow.ts';
import { keepExisting, noSelection, type Selection } from './selection.ts';

/** What a pull dialog starts with: nothing, or a pull that is tried again otherwise. */
export interface PullStart {
  readonly reference: string;
  readonly target: HostPath | null;
  readonly overwrite: boolean;
  readonly allowHttp: boolean;
  readonly asksCredentials: boolean;
}

export const emptyPullStart: PullStart = {
  reference: '',
  target: null,
  overwrite: false,
  allowHttp: false,
  asksCredentials: false,
};

export type ImagesDialog =
  | { readonly kind: 'pull'; readonly start: PullStart }
  | { readonly kind: 'action'; readonly image: Image; readonly verb: ActionVerb }
  | { readonly kind: 'rename'; readonly image: Image }
  | { readonly kind: 'delete'; readonly images: readonly Image[] }
  | { readonly kind: 'addFolder' }
  | { readonly kind: 'addFile' };

export type DetailTab = 'summary' | 'definition' | 'environment' | 'labels' | 'apps' | 'objects' | 'log';

export interface ImagesState {
  readonly text: string;
  readonly chip: ImageChip;
  readonly sort: ImageSort;
  readonly selection: Selection;
  readonly dialog: ImagesDialog | null;
  readonly isDetailShown: boolean;
  readonly tab: DetailTab;
}

const firstState: ImagesState = {
  text: '',
  chip: 'all',
  sort: { column: 'created', isDescending: true },
  selection: noSelection,
  dialog: null,
  isDetailShown: true,
  tab: 'summary',
};

/** What the person looks at on the images page; it stays while other pages are shown. */
export const imagesStore = createStore<ImagesState>()(() => firstState);

/** Selects from the images page's state. Select the smallest value. */
export function useImages<Value>(select: (state: ImagesState) => Value): Value {
  return useStore(imagesStore, select);
}

const lists = new Map<HostId, ImageList>();

/** The images of a host. The page feeds it while it is shown; its rows stay. */
export function imageListOf(hostId: HostId): ImageList {
  const known = lists.get(hostId);
  if (known !== undefined) return known;
  const { text, chip, sort } = imagesStore.getState();
  const list = new ImageList({ sort, filter: { text, chip, hostArchitecture: null } });
  lists.set(hostId, list);
  let before = list.getSnapshot().rows;
  list.subscribe(() => {
    const { rows } = list.getSnapshot();
    if (hostsStore.getState().currentId === hostId) setSelection(keepListed(list, before));
    before = rows;
  });
  return list;
}

/** Images that are gone leave the selection; images that the filter hides stay in it only while they are in view. */
function keepListed(list: ImageList, before: readonly Image[]): Selection {
  return keepExisting(imagesStore.getState().selection, before, list.getSnapshot().rows);
}

let lastSelected: {
  readonly selection: Selection;
  readonly snapshot: ImageListSnapshot;
  readonly images: readonly Image[];
} | null = null;

/** The chosen images of the host that is shown, in the order of choosing. The same list until something changed. */
export function selectedImages(selection: Selection = imagesStore.getState().selection): readonly Image[] {
  const list = imageListOf(hostsStore.getState().currentId);
  const snapshot = list.getSnapshot();
  if (lastSelected?.selection !== selection || lastSelected.snapshot !== snapshot) {
    const images = [...selection.selected].flatMap((path) => list.imageAt(path) ?? []);
    lastSelected = { selection, snapshot, images };
  }
  return lastSelected.images;
}

export function setSelection(selection: Selection): void {
  if (imagesStore.getState().selection !== selection) imagesStore.setState({ selection });
}

/** Opens a dialog of the page, or closes the open one with null. */
export function showImagesDialog(dialog: ImagesDialog | null): void {
  imagesStore.setState({ dialog });
}

/** Puts everything back, and forgets all lists: each test starts afresh. */
export function resetImagesState(): void {
  for (const list of lists.values()) list.dispose();
  lists.clear();
  imagesStore.setState(firstState, true);
}
