import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { RegistryId, TaskId } from '#core/contract/ids.ts';
import type { ImageFacts } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { changeSettings, settingsStore } from '#renderer/state/settings.ts';

/** The image that the pane shows. */
export interface ShownImage {
  readonly reference: string;
  /** `library/alpine:3.20`, or the name of a file or folder. */
  readonly name: string;
  readonly tag: string | null;
}

/** Where the person is in one registry. It stays while another registry or page is looked at. */
export interface Place {
  /** What was searched for. */
  readonly term: string;
  /** The open folder of a tree; null is its top. */
  readonly path: string | null;
  /** The entry that the person went into, and comes back to. */
  readonly entered: string | null;
  /** The repository whose tags are listed; null lists repositories. */
  readonly repository: string | null;
  /** What its tags' references begin with, where the registry's entry told it. */
  readonly base: string | null;
  readonly shown: ShownImage | null;
}

export type RegistriesDialog =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit'; readonly registryId: RegistryId }
  | { readonly kind: 'remove'; readonly registryId: RegistryId }
  | {
      readonly kind: 'signIn';
      /** Host and port that the credentials belong to. */
      readonly registry: string;
      readonly allowHttp: boolean;
      /** A task that failed for want of credentials, to be tried again. */
      readonly taskId: TaskId | null;
    }
  | { readonly kind: 'copyTag'; readonly reference: string; readonly allowHttp: boolean }
  | { readonly kind: 'delete'; readonly reference: string; readonly allowHttp: boolean };

export type ImageTab = 'summary' | 'layers' | 'history' | 'configuration' | 'referrers';

export interface RegistriesState {
  /** Nothing is asked of any registry until one is chosen. */
  readonly chosenId: RegistryId | null;
  /** Host and port that the chosen registry's credentials belong to; null where nobody signs in. */
  readonly signInHost: string | null;
  readonly places: Readonly<Record<string, Place>>;
  readonly dialog: RegistriesDialog | null;
  /** A pull is by tag or by digest. */
  readonly pullBy: 'tag' | 'digest';
  readonly tab: ImageTab;
  /** What the pane shows, as core knows it; null while it is read. */
  readonly found: FoundImage | null;
}

/** What commands about the shown image need. */
export interface FoundImage {
  readonly reference: string;
  readonly byDigest: string | null;
  readonly digest: string | null;
  readonly holds: ImageFacts['holds'];
  readonly allowHttp: boolean;
  readonly canChange: boolean;
}

export const topPlace: Place = {
  term: '',
  path: null,
  entered: null,
  repository: null,
  base: null,
  shown: null,
};

const firstState: RegistriesState = {
  chosenId: null,
  signInHost: null,
  places: {},
  dialog: null,
  pullBy: 'tag',
  tab: 'summary',
  found: null,
};

/** What the person looks at on the registries page; it stays while other pages are shown. */
export const registriesStore = createStore<RegistriesState>()(() => firstState);

/** Selects from the page's state. */
export function useRegistries<Value>(select: (state: RegistriesState) => Value): Value {
  return useStore(registriesStore, select);
}

/** The person's registries, in their order. */
export function registryList(): readonly RegistrySettings[] {
  return settingsStore.getState().settings?.registries ?? [];
}

/** The registry that the page shows; null when none is chosen. */
export function chosenRegistry(): RegistrySettings | null {
  const { chosenId } = registriesStore.getState();
  return registryList().find(({ id }) => id === chosenId) ?? null;
}

/** Where the person is in a registry. */
export function placeOf(state: RegistriesState, id: RegistryId): Place {
  return state.places[id] ?? topPlace;
}

/** Shows a registry: from now on it may be asked. */
export function chooseRegistry(id: RegistryId): void {
  registriesStore.setState({ chosenId: id, found: null });
}

/** Goes somewhere in a registry. */
export function goTo(id: RegistryId, change: Partial<Place>): void {
  registriesStore.setState((state) => ({
    found: change.shown === undefined ? state.found : null,
    places: { ...state.places, [id]: { ...placeOf(state, id), ...change } },
  }));
}

let isFocusWanted = false;

/** The list that comes next takes the focus, because the person goes into it. */
export function wantFocus(): void {
  isFocusWanted = true;
}

/** Whether the focus was wanted; asked once. */
export function takeFocus(): boolean {
  const wasWanted = isFocusWanted;
  isFocusWanted = false;
  return wasWanted;
}

/** Opens a dialog about registries over any page, or closes it with null. */
export function showRegistriesDialog(dialog: RegistriesDialog | null): void {
  registriesStore.setState({ dialog });
}

/** Asks for credentials of a registry, by the host and port that they belong to. */
export function askSignIn(registry: string, taskId: TaskId | null = null): void {
  const allowHttp = registryList().some(
    (known) => known.allowHttp && (known.address === registry || registryHostOf(known) === registry),
  );
  showRegistriesDialog({ kind: 'signIn', registry, allowHttp, taskId });
}

/** Adds a registry at the end of the list and shows it. */
export async function addRegistry(registry: RegistrySettings): Promise<void> {
  await changeSettings({ registries: [...registryList(), registry] });
  chooseRegistry(registry.id);
  goToPage('registries');
}

/** Writes a changed registry in its place. What was listed of it is asked for anew. */
export async function saveRegistry(registry: RegistrySettings): Promise<void> {
  await changeSettings({
    registries: registryList().map((each) => (each.id === registry.id ? registry : each)),
  });
}

/** Takes a registry from the list. Its credentials are kept until somebody signs out. */
export async function removeRegistry(id: RegistryId): Promise<void> {
  await changeSettings({ registries: registryList().filter((each) => each.id !== id) });
  registriesStore.setState(({ chosenId, places: { [id]: _gone, ...places } }) => ({
    places,
    chosenId: chosenId === id ? null : chosenId,
  }));
}

/** Moves a registry one place up (`-1`) or down (`1`). */
export async function moveRegistry(id: RegistryId, by: -1 | 1): Promise<void> {
  const registries = moved(
    registryList(),
    registryList().findIndex((each) => each.id === id),
    by,
  );
  if (registries !== null) await changeSettings({ registries: [...registries] });
}

/** A list with one entry a place up or down; null where it cannot go there. */
export function moved<Item>(items: readonly Item[], at: number, by: -1 | 1): readonly Item[] | null {
  const [item, other] = [items[at], items[at + by]];
  if (item === undefined || other === undefined) return null;
  return items.map((each, index) => (index === at ? other : index === at + by ? item : each));
}

/** Puts everything back: each test starts afresh. */
export function resetRegistriesState(): void {
  isFocusWanted = false;
  registriesStore.setState(firstState, true);
}
