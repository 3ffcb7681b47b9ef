import { join } from 'node:path';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { createHandover } from '#core/handover/createHandover.ts';
import { createSyncing } from '#core/handover/createSync.ts';
import type { Handover } from '#core/handover/handover.ts';
import type { HandoverMeans } from '#core/handover/handoverMeans.ts';
import type { Syncing } from '#core/handover/syncing.ts';
import type { Host } from '#core/hosts/host.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { ImagesOfHosts } from '#core/images/imagesOfHosts.ts';
import { createWorkspaces, type WorkspacesMeans } from '#core/workspaces/createWorkspaces.ts';
import { readImageFacts } from '#core/workspaces/imageFacts.ts';
import { createWorkspaceUse, type WorkspaceUse } from '#core/workspaces/openWorkspace.ts';
import type { Workspaces } from '#core/workspaces/workspaces.ts';

export interface WorkspaceParts {
  readonly workspaces: Workspaces;
  readonly workspaceUse: WorkspaceUse;
  readonly handover: Handover;
  readonly syncing: Syncing;
}

/** Workspaces, their use in containers, and how they are handed over. */
export function createWorkspaceParts(options: {
  readonly local: Host;
  readonly hosts: HostRegistry;
  /** Of this machine. */
  readonly dataFolder: string;
  readonly stateFolder: HostPath;
  readonly isTaskOpen: WorkspacesMeans['isTaskOpen'];
  readonly unpackLater: HandoverMeans['unpackLater'];
  readonly stopTask: HandoverMeans['stopTask'];
  readonly isEnding: HandoverMeans['isEnding'];
  readonly onProblem: WorkspacesMeans['onProblem'];
  readonly imagesOf: ImagesOfHosts['of'];
  readonly knownFile: ImagesOfHosts['knownFile'];
  readonly filesWithDigest: ImagesOfHosts['filesWithDigest'];
  readonly imageFolder: HandoverMeans['imageFolder'];
  readonly recordsOf: HandoverMeans['recordsOf'];
  readonly sendMeansOf: HandoverMeans['sendMeansOf'];
}): WorkspaceParts {
  const { local, hosts, imagesOf, isTaskOpen } = options;
  const openHost = (id: HostId) => hosts.open(id);
  const workspaces = createWorkspaces({
    ...options,
    openHost,
    stopBackgroundWork: (hostId, id) => handover.stopUnpacking(hostId, id),
    // On another host what its own workbench would take when nothing is set there.
    parentOf: ({ id, homeFolder }) =>
      id === localHostId
        ? hostPathFromText(join(options.dataFolder, 'workspaces'))
        : (hosts.summary(id).preferences?.workspaceFolder ??
          hosts.summary(id).proposals.find(({ use }) => use === 'workspaces')?.path ??
          joinPath(homeFolder, hostPathFromText('.local/share/mysingularity/workspaces'))),
    describeImage: async (id, path) => {
      const [{ image, digest }, { libc }] = await Promise.all([
        (await imagesOf(id)).detail(path),
        readImageFacts(await openHost(id), path),
      ]);
      return { name: image.name, digest, architecture: image.architecture, libc };
    },
    knownImages: {
      digestAt: async (id, path) => {
        const known = await options.knownFile(id, path);
        return known === null ? null : `sha256:${known.sha256}`;
      },
      pathsOf: (id, digest) => options.filesWithDigest(id, digest.replace(/^sha256:/, '')),
    },
  });
  const { store } = workspaces;
  const handover = createHandover({ ...options, store });
  return {
    workspaces,
    workspaceUse: createWorkspaceUse({ hosts, store }),
    handover,
    syncing: createSyncing({
      local,
      openHost,
      lineOf: (id) => hosts.sshEntry(id)?.connection ?? null,
      store,
      isTaskOpen,
      onProblem: options.onProblem,
    }),
  };
}
