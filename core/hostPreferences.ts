import { hostPathFromText } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { Settings } from '#core/contract/settings.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { ImagesOfHosts, RemotePreferences } from '#core/images/imagesOfHosts.ts';
import type { SettingsStore } from '#core/settings/settingsStore.ts';

/** What settings and the last probe say of an ssh host. */
export function remotePreferences(hosts: HostRegistry, settings: Settings, id: HostId): RemotePreferences {
  const { label, imageFolders, preferences, facts } = hosts.summary(id);
  return {
    destination: preferences?.destination ?? label,
    folders: imageFolders,
    defaultFolder: imageFolders[0] ?? facts?.homeFolder ?? hostPathFromText('/'),
    compression: settings.images.compression,
    temporaryFolder: preferences?.temporaryFolder ?? null,
    cacheFolder: preferences?.cacheFolder ?? null,
  };
}

/** Hands changes of settings to who must know. */
export async function followSettings(
  settings: SettingsStore,
  {
    hosts,
    images,
    signal,
  }: {
    readonly hosts: HostRegistry;
    readonly images: ImagesOfHosts;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  let runtimePath = settings.get().runtime.path;
  for await (const state of settings.watch(signal)) {
    hosts.settingsChanged();
    images.foldersChanged(localHostId, state.settings.images.folders);
    for (const { id } of state.settings.hosts) images.foldersChanged(id, hosts.summary(id).imageFolders);
    if (state.settings.runtime.path === runtimePath) continue;
    runtimePath = state.settings.runtime.path;
    await hosts.check(localHostId);
  }
}
