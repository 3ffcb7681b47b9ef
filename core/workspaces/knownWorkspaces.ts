import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { WorkspaceId } from '#core/contract/ids.ts';
import {
  type Workspace,
  type WorkspaceManifest,
  workspaceManifestSchema,
} from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { WorkspaceStore } from './workspaceStore.ts';

const manifestLimitBytes = 512 * 1024;

/** Finds workspaces; one that was found before is looked for where it was. */
export interface KnownWorkspaces {
  /** Fails with workspace.unknown. */
  find(host: Host, id: WorkspaceId): Promise<Workspace>;
  /**
   * The same for plain files without asking who has them open: a start is not held up by a list of all workspaces. One
   * over its packed file is always asked, since it can be open only once.
   */
  findQuickly(host: Host, id: WorkspaceId): Promise<Workspace>;
}

export function createKnownWorkspaces(store: Pick<WorkspaceStore, 'find'>): KnownWorkspaces {
  const folders = new Map<string, HostPath>();
  const keyOf = (host: Host, id: WorkspaceId) => `${host.id} ${id}`;

  async function find(host: Host, id: WorkspaceId): Promise<Workspace> {
    const found = await store.find(host, id);
    folders.set(keyOf(host, id), found.folder);
    return found;
  }

  return {
    find,
    async findQuickly(host, id) {
      const folder = folders.get(keyOf(host, id));
      const manifest = folder === undefined ? null : await readManifest(host, folder);
      if (folder === undefined || manifest === null || manifest.id !== id || manifest.layered !== null)
        return await find(host, id);
      return {
        ...manifest,
        hostId: host.id,
        folder,
        modifiedAt: null,
        below: null,
        snapshots: [],
        writers: [],
      };
    },
  };
}

/** Null where there is none any more, or another thing: then the list says what there is. */
async function readManifest(host: Host, folder: HostPath): Promise<WorkspaceManifest | null> {
  const file = joinPath(folder, hostPathFromText('workspace.json'));
  try {
    const bytes = await host.files.read(file, 0, manifestLimitBytes);
    const manifest = workspaceManifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return manifest.success ? manifest.data : null;
  } catch {
    return null; // moved, removed, or half written by something else: looked for anew
  }
}
