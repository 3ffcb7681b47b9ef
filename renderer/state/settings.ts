import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Settings, SettingsChange } from '#core/contract/settings.ts';
import { client } from '#renderer/api/client.ts';
import type { Following } from '#renderer/api/follow.ts';

export interface SettingsState {
  /** Null until core has told them. */
  readonly settings: Settings | null;
  readonly path: HostPath | null;
  /** What could not be read of the file. */
  readonly problem: string | null;
}

/** The mirror of the settings file. */
export const settingsStore = createStore<SettingsState>()(() => ({
  settings: null,
  path: null,
  problem: null,
}));

/** Follows the settings file. */
export const settingsFollowing: Following<{
  readonly settings: Settings;
  readonly path: HostPath;
  readonly problem: string | null;
}> = {
  open: (signal) => client.settings.watch(undefined, { signal }),
  onEvent: (event) => settingsStore.setState(event),
};

/** Writes a change into the file; the page follows what core then says. */
export async function changeSettings(change: SettingsChange): Promise<void> {
  await client.settings.change(change);
}

/** Selects from the settings. */
export function useSettings<Value>(select: (state: SettingsState) => Value): Value {
  return useStore(settingsStore, select);
}

/** Zoom of the page, 1 before the settings are known. Lengths in rem follow it by themselves. */
export function useZoom(): number {
  return useSettings((state) => state.settings?.appearance.zoom ?? 1);
}

/** Height of a list row in CSS pixels at the present zoom, for lists that compute positions. */
export function useRowHeight(): number {
  return 28 * useZoom();
}
