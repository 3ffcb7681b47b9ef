import { randomBytes } from 'node:crypto';
import { folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { WorkspaceId } from '#core/contract/ids.ts';
import {
  type Workspace,
  type WorkspaceManifest,
  type WorkspaceSnapshot,
  workspaceManifestSchema,
} from '#core/contract/workspaces.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { createWorkLocks, lockInWords, type WorkLock } from '#core/hosts/workLocks.ts';
import { type ListedFolder, type Listing, listScript, lockPrefix, parseListing } from './listing.ts';
import { ownerText } from './owner.ts';
import { removeTree } from './removeTree.ts';
import { jsonOrNull, parseStoredSnapshot } from './storedSnapshot.ts';
import { mustRun } from './treeScript.ts';
import { beginScript, finishScript, settleScript } from './treeScripts.ts';
import type {
  FolderRequest,
  PrivateFolder,
  ReadLease,
  WorkspaceList,
  WorkspaceStore,
} from './workspaceStore.ts';

/** Manifests, snapshots and leases of one list; more is no list of workspaces. */
const listLimitBytes = 64 * 1024 * 1024;

export interface WorkspaceStoreMeans {
  /** The host's own folder of workspaces. */
  readonly parentOf: (host: Host) => HostPath;
  /** Other folders in which workspaces were made. */
  readonly otherParents: (host: Host) => Promise<readonly HostPath[]>;
  /** Somebody makes a workspace in this folder: it is listed from now on, whatever the host's own folder becomes. */
  readonly rememberParent: (host: Host, parent: HostPath) => Promise<void>;
  readonly readLease: ReadLease;
}

/** Name of the private folder of a task. */
const makingName = (taskId: string) => `.making-${taskId}`;

export function createWorkspaceStore(means: WorkspaceStoreMeans): WorkspaceStore {
  const locks = createWorkLocks();
  const names = new Map<WorkspaceId, string>();

  async function read(host: Host): Promise<{ readonly parent: HostPath; readonly listing: Listing }> {
    const parent = means.parentOf(host);
    const parents = [...new Set([parent, ...(await means.otherParents(host))])];
    const marker = randomBytes(12).toString('hex');
    const output = await mustRun(host, {
      purpose: 'List workspaces',
      script: listScript,
      words: [marker, ...parents.map((path) => ({ path }))],
      byHand: null,
      keepBytes: listLimitBytes,
      path: parent,
    });
    const listing = parseListing(output, marker);
    if (listing === null)
      throw workbenchError(
        'internal',
        {},
        { hostId: host.id, evidence: 'The list of workspaces is not whole.' },
      );
    if (listing.unreadable.includes(parent))
      throw workbenchError('host.permissionDenied', { path: parent, operation: 'read' }, { hostId: host.id });
    return { parent, listing };
  }

  async function list(host: Host): Promise<WorkspaceList> {
    let { parent, listing } = await read(host);
    if (await settleCut(host, listing)) ({ parent, listing } = await read(host));
    const found = workspacesOf(listing, { host, readLease: means.readLease });
    for (const { id, name } of found.workspaces) names.set(id, name);
    return { parent, ...found };
  }

  function privateFolder(host: Host, request: FolderRequest): PrivateFolder & { begin(): Promise<void> } {
    const { name, taskId } = request;
    const parent = request.parent ?? means.parentOf(host);
    const making = hostPathFromText(makingName(taskId));
    const target = joinPath(parent, hostPathFromText(name));
    const folder = joinPath(parent, making);
    const run = async (script: string, words: readonly string[], purpose: string) => {
      const options = { purpose, script, words: [{ path: parent }, ...words], byHand: null, path: parent };
      try {
        await mustRun(host, options);
      } catch (thrown) {
        throw namedTaken(thrown, { name, folder: target, host });
      }
    };
    return {
      folder,
      parent,
      target,
      begin: () => run(beginScript, [making, name, ownerText(taskId)], 'Make a private folder'),
      async finish(manifest) {
        const words = [making, name, 'workspace.json', manifestText(manifest)];
        await run(finishScript, words, 'Give the workspace its name');
        return target;
      },
      async discard() {
        if ((await host.files.stat(parent)) === null) return;
        await removeTree(host, folder, { taskId, byHand: null });
      },
    };
  }

  async function find(host: Host, id: WorkspaceId): Promise<Workspace> {
    const { workspaces } = await list(host);
    const found = workspaces.find((workspace) => workspace.id === id);
    if (found === undefined) throw workbenchError('workspace.unknown', { name: id }, { hostId: host.id });
    return found;
  }

  return {
    parent: means.parentOf,
    list,
    titleOf: (id) => names.get(id) ?? id,
    find,
    async hold(host, { id, ...rest }, work) {
      const { name, folder } = await find(host, id);
      const busy = (lock: WorkLock) =>
        workbenchError(
          'workspace.busy',
          { name, reason: lockInWords(lock), isWork: true },
          { hostId: host.id },
        );
      // Whoever went before may have changed it, or removed it.
      return await locks.hold(host, { folder, prefix: lockPrefix, busy, ...rest }, async () =>
        work(await find(host, id)),
      );
    },
    async release(host, { id, taskId }) {
      const held = (await list(host)).workspaces.find((workspace) => workspace.id === id);
      if (held !== undefined) await locks.release(host, { folder: held.folder, prefix: lockPrefix, taskId });
    },
    async writeManifest(host, folder, manifest) {
      await host.files.write(manifestFile(folder), manifestText(manifest), 0o600);
    },
    async beginFolder(host, request) {
      const { begin, ...folder } = privateFolder(host, request);
      await means.rememberParent(host, folder.parent);
      await begin();
      return folder;
    },
    privateFolder,
  };
}

/** The scripts know only that a name is taken. */
function namedTaken(
  thrown: unknown,
  { name, folder, host }: { readonly name: string; readonly folder: HostPath; readonly host: Host },
): unknown {
  if (!(thrown instanceof WorkbenchError) || thrown.report.code !== 'workspace.nameTaken') return thrown;
  return workbenchError('workspace.nameTaken', { name, folder: folderName(folder) }, { hostId: host.id });
}

/** Restorings that were cut are brought to their end first: until then there is no tree. True where there was one. */
async function settleCut(host: Host, { folders }: Listing): Promise<boolean> {
  let isSettled = false;
  for (const folder of folders) {
    // With a tree, a restoring is still copying or has ended a moment ago: what is left of it is a leftover.
    if (folder.restorings.length === 0 || hasTree(folder)) continue;
    for (const name of folder.restorings) {
      const snapshots = joinPath(folder.path, hostPathFromText('snapshots'));
      const words = [{ path: snapshots }, { path: name }];
      const purpose = 'End a restoring that was cut';
      await mustRun(host, { purpose, script: settleScript, words, byHand: null, path: snapshots });
      isSettled = true;
    }
  }
  return isSettled;
}

/** What a listing says → workspaces by name, and what is none. */
export function workspacesOf(
  { node, bootId, folders }: Listing,
  { host, readLease }: { readonly host: Pick<Host, 'id'>; readonly readLease: ReadLease },
): Pick<WorkspaceList, 'workspaces' | 'broken'> {
  const workspaces = new Map<WorkspaceId, Workspace>();
  const broken: WorkspaceList['broken'][number][] = [];
  for (const folder of [...folders].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const manifest = readManifest(folder);
    if ('reason' in manifest) {
      broken.push({ folder: folder.path, reason: manifest.reason });
      continue;
    }
    const twin = workspaces.get(manifest.id);
    if (twin !== undefined) {
      broken.push({
        folder: folder.path,
        reason: `It is a plain copy of ${twin.folder} and has the same id`,
      });
      continue;
    }
    workspaces.set(manifest.id, {
      ...manifest,
      hostId: host.id,
      folder: folder.path,
      modifiedAt: manifest.layered === null ? folder.homeAt : folder.upperAt,
      below: manifest.layered === null ? null : folder.lowerAt === null ? 'packed' : 'files',
      snapshots: readSnapshots(folder),
      writers: folder.leases.flatMap((lease) => readLease({ ...lease, node, bootId }) ?? []),
    });
  }
  return {
    workspaces: [...workspaces.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
    broken,
  };
}

function readManifest(folder: ListedFolder): WorkspaceManifest | { readonly reason: string } {
  if (folder.manifest === null)
    return { reason: folder.isManifestStrange ? 'Its manifest is no ordinary file' : 'It has no manifest' };
  const parsed = workspaceManifestSchema.safeParse(jsonOrNull(folder.manifest));
  if (!parsed.success) return { reason: 'Its manifest cannot be read' };
  if (!hasTree(folder, parsed.data)) return { reason: 'Its tree is missing' };
  return parsed.data;
}

function hasTree(folder: ListedFolder, known: WorkspaceManifest | null = null): boolean {
  if (folder.homeAt === null) return false;
  const manifest = known ?? workspaceManifestSchema.safeParse(jsonOrNull(folder.manifest)).data ?? null;
  return manifest === null || manifest.layered === null || folder.upperAt !== null;
}

/** By time, oldest first. */
function readSnapshots({ snapshots }: ListedFolder): WorkspaceSnapshot[] {
  return [...snapshots]
    .flatMap(([name, bytes]) => {
      const stored = parseStoredSnapshot(bytes);
      if (stored === null || stored.id !== name) return [];
      const { id, note, createdAt, bytes: size } = stored;
      return [{ id, note, createdAt, bytes: size }];
    })
    .sort((left, right) => left.createdAt - right.createdAt);
}

function manifestFile(folder: HostPath): HostPath {
  return joinPath(folder, hostPathFromText('workspace.json'));
}

/** One line, so that a person can still read it with the tools of a cluster. */
function manifestText(manifest: WorkspaceManifest): string {
  return JSON.stringify(manifest);
}
