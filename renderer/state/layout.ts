import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** The pages of the window. */
export const pageIds = [
  'images',
  'registries',
  'builds',
  'workspaces',
  'sandboxes',
  'instances',
  'overlays',
  'shells',
  'storage',
  'keys',
  'compare',
  'hosts',
  'settings',
] as const;
export type PageId = (typeof pageIds)[number];
export type DockTab = 'terminals' | 'tasks' | 'commands';
/** What lies over the window: the palette of commands, the search, the sheet of shortcuts. */
export type Overlay = 'palette' | 'search' | 'shortcuts';

export interface LayoutState {
  readonly page: PageId;
  readonly isDockOpen: boolean;
  readonly isDockMaximized: boolean;
  readonly dockTab: DockTab;
  /** Share of the main area that the open dock takes, in percent. */
  readonly dockSize: number;
  readonly overlay: Overlay | null;
  /** The welcome page stands in the place of the page. Null until it is known whether this is a first start. */
  readonly isWelcomeShown: boolean | null;
}

/** Where things stand in the window. Sizes and places are remembered by the browser. */
export const layoutStore: StoreApi<LayoutState> = createStore<LayoutState>()(
  persist(
    (): LayoutState => ({
      page: pageOfHash(globalThis.location?.hash ?? '') ?? 'images',
      isDockOpen: false,
      isDockMaximized: false,
      dockTab: 'tasks',
      dockSize: 32,
      overlay: null,
      isWelcomeShown: null,
    }),
    {
      name: 'mysingularity.layout',
      partialize: ({ isDockOpen, dockTab, dockSize }) => ({ isDockOpen, dockTab, dockSize }),
    },
  ),
);

function pageOfHash(hash: string): PageId | null {
  return pageIds.find((id) => hash === `#/${id}`) ?? null;
}

/** Goes to a page, and puts it into the address so that a reload finds it. */
export function goToPage(page: PageId): void {
  history.replaceState(history.state, '', `#/${page}`);
  layoutStore.setState({ page, isDockMaximized: false, isWelcomeShown: false });
}

/** Opens the dock at a tab. */
export function showDock(dockTab: DockTab): void {
  layoutStore.setState({ isDockOpen: true, dockTab });
}

/** Shows what lies over the window; null shows nothing. */
export function showOverlay(overlay: Overlay | null): void {
  layoutStore.setState({ overlay });
}

/** Selects from the layout. */
export function useLayout<Value>(select: (state: LayoutState) => Value): Value {
  return useStore(layoutStore, select);
}
