import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { Image, ImageForm } from '#core/contract/images.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { readImageKey } from './imageKey.ts';
import { ImageList } from './imageList.ts';
import type { ImageChip, ImageSort } from './imageRow.ts';
import { noVerdicts } from './imageVerdicts.ts';
import { MergedImages } from './mergedImages.ts';
import { keepExisting, noSelection, type Selection } from './selection.ts';

/** What a pull dialog starts with: nothing, or a pull that is tried again otherwise. */
export interface PullStart {
  readonly reference: string;
  readonly target: HostPath | null;
  readonly overwrite: boolean;
  readonly allowHttp: boolean;
  /** Null where the text decides. */
  readonly form: ImageForm | null;
}

export const emptyPullStart: PullStart = {
  reference: '',
  target: null,
  overwrite: false,
  allowHttp: false,
  form: null,
};

/** A file that the person gave to the page. */
export interface GivenFile {
  /** Of this machine. */
  readonly path: string;
  /** Where a browser gave the bytes: what the file was called there, and the copy that is to be dropped if not used. */
  readonly upload: { readonly name: string; readonly uploadId: string } | null;
}

/** What an import dialog starts with: nothing, or a file that was dropped or tried before. */
export interface ImportStart {
  /** Null while none is chosen. */
  readonly file: GivenFile | null;
  readonly target: HostPath | null;
  readonly overwrite: boolean;
  /** What was dropped with it, and comes after it. */
  readonly others: readonly GivenFile[];
}

export const emptyImportStart: ImportStart = { file: null, target: null, overwrite: false, others: [] };

export type ImagesDialog =
  | { readonly kind: 'pull'; readonly start: PullStart }
  | {
      readonly kind: 'action';
      readonly image: Image;
      readonly verb: ActionVerb;
      /** A workspace is chosen at first. */
      readonly wantsWorkspace?: boolean;
      /** This one is, for which another page asked. */
      readonly workspace?: WorkspaceId;
    }
  | { readonly kind: 'rename'; readonly image: Image }
  | { readonly kind: 'delete'; readonly images: readonly Image[] }
  | { readonly kind: 'send'; readonly images: readonly Image[] }
  | { readonly kind: 'import'; readonly start: ImportStart }
  /** The bytes of files that a browser gave go to core. */
  | { readonly kind: 'upload'; readonly files: readonly File[] }
  | { readonly kind: 'publish'; readonly image: Image }
  | { readonly kind: 'addFolder' };

export type DetailTab =
  | 'summary'
  | 'definition'
  | 'environment'
  | 'labels'
  | 'apps'
  | 'objects'
  | 'made'
  | 'log';

export interface ImagesState {
  /** The images of all hosts are listed together, not those of the host that pages show. */
  readonly isAllHosts: boolean;
  readonly text: string;
  readonly chip: ImageChip;
  readonly sort: ImageSort;
  readonly selection: Selection;
  readonly dialog: ImagesDialog | null;
  readonly isDetailShown: boolean;
  readonly tab: DetailTab;
}

const firstState: ImagesState = {
  isAllHosts: false,
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

// Whoever chooses a host wants to see that one.
hostsStore.subscribe((state, before) => {
  if (state.currentId !== before.currentId) imagesStore.setState({ isAllHosts: false });
});

/** Selects from the images page's state. Select the smallest value. */
export function useImages<Value>(select: (state: ImagesState) => Value): Value {
  return useStore(imagesStore, select);
}

const lists = new Map<string, ImageList>();
let merged: MergedImages | null = null;
/** Counts changes of any list. */
let version = 0;

/** The images of a host. The page feeds it while it is shown; its rows stay. */
export function imageListOf(hostId: HostId): ImageList {
  const known = lists.get(hostId);
  if (known !== undefined) return known;
  const { text, chip, sort } = imagesStore.getState();
  const list = new ImageList({ sort, filter: { text, chip, hostArchitecture: null, verdicts: noVerdicts } });
  lists.set(hostId, list);
  const isShown = () => !imagesStore.getState().isAllHosts && hostsStore.getState().currentId === hostId;
  followRows(list, isShown);
  return list;
}

/** The images of several hosts in one list; the page says of which. */
export function mergedImages(): MergedImages {
  if (merged !== null) return merged;
  const { text, chip, sort } = imagesStore.getState();
  merged = new MergedImages({ sort, filter: { text, chip, hostArchitecture: null, verdicts: noVerdicts } });
  followRows(merged, () => imagesStore.getState().isAllHosts);
  return merged;
}

/** Images that are gone leave the selection; images that the filter hides stay in it only while they are in view. */
function followRows(list: ImageList | MergedImages, isShown: () => boolean): void {
  let before = list.getSnapshot().rows;
  list.subscribe(() => {
    version += 1;
    const { rows } = list.getSnapshot();
    if (isShown()) setSelection(keepExisting(imagesStore.getState().selection, before, rows));
    before = rows;
  });
}

let lastSelected: {
  readonly selection: Selection;
  readonly version: number;
  /** The one host that is shown; null for all. */
  readonly shownId: HostId | null;
  readonly images: readonly Image[];
} | null = null;

/** The chosen images among those that are shown, in the order of choosing. The same list until something changed. */
export function selectedImages(selection: Selection = imagesStore.getState().selection): readonly Image[] {
  const shownId = imagesStore.getState().isAllHosts ? null : hostsStore.getState().currentId;
  if (
    lastSelected?.selection !== selection ||
    lastSelected.version !== version ||
    lastSelected.shownId !== shownId
  ) {
    const images = [...selection.selected].flatMap((key) => {
      const { host, path } = readImageKey(key);
      return shownId === null || host === shownId ? (lists.get(host)?.imageAt(path) ?? []) : [];
    });
    lastSelected = { selection, version, shownId, images };
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
  merged?.dispose();
  merged = null;
  lastSelected = null;
  imagesStore.setState(firstState, true);
}
