import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { ImageFormat } from '#core/contract/images.ts';
import type { Host } from '#core/hosts/host.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { ImagesOfHosts } from '#core/images/imagesOfHosts.ts';
import type { WorkRecords } from '#core/images/workRecords.ts';
import { createInstances } from '#core/instances/createInstances.ts';
import type { Instances, InstancesMeans } from '#core/instances/instances.ts';
import { createOverlays } from '#core/overlays/createOverlays.ts';
import type { Overlays } from '#core/overlays/overlays.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';

export interface InstanceParts {
  readonly instances: Instances;
  readonly overlays: Overlays;
}

/** Instances, and the overlays that they and single runs write to. */
export function createInstanceParts(options: {
  readonly local: Host;
  readonly hosts: HostRegistry;
  readonly images: ImagesOfHosts;
  readonly openWorkspace: InstancesMeans['openWorkspace'];
  readonly defaultFolder: (id: HostId) => HostPath;
  readonly recordsOf: (host: Host) => WorkRecords;
  /** Of this machine. */
  readonly stateFolder: HostPath;
  readonly rules: readonly StderrRule[];
}): InstanceParts {
  const { hosts, images, stateFolder } = options;
  return {
    instances: createInstances({
      ...options,
      stateFolderOf: (host) =>
        host.id === localHostId
          ? stateFolder
          : joinPath(host.homeFolder, hostPathFromText('.local/state/mysingularity')),
    }),
    overlays: createOverlays({
      ...options,
      hosts: { open: (id) => hosts.open(id), runtime: (id) => hosts.runtime(id) },
      libraryOf: (id) => filesOfLibrary(images, id),
    }),
  };
}

/** The files of the image library, when it was read once. */
async function filesOfLibrary(
  images: ImagesOfHosts,
  id: HostId,
): Promise<readonly { readonly path: HostPath; readonly format: ImageFormat }[]> {
  const found = new Map<HostPath, ImageFormat>();
  const stop = new AbortController();
  const library = await images.of(id);
  for await (const event of library.watch(stop.signal)) {
    if (event.type === 'upsert') for (const { path, format } of event.images) found.set(path, format);
    if (event.type === 'remove') for (const path of event.paths) found.delete(path);
    if (event.type === 'ready') break;
  }
  stop.abort();
  return [...found].map(([path, format]) => ({ path, format }));
}
