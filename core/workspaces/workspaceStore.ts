import type { z } from 'zod';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { TaskId, WorkspaceId } from '#core/contract/ids.ts';
import type {
  brokenWorkspaceSchema,
  Workspace,
  WorkspaceManifest,
  WorkspaceWriter,
} from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { LockMode } from '#core/hosts/workLocks.ts';

/** The workspaces of a host, as they lie on its disk. Every call is one command there, however many there are. */
export interface WorkspaceStore {
  /** Where new workspaces go on this host. */
  parent(host: Host): HostPath;
  /** All in the folder of workspaces, and in other folders where one was made; by name. */
  list(host: Host): Promise<WorkspaceList>;
  /** How a workspace is called as far as this process has seen it; else its id. */
  titleOf(id: WorkspaceId): string;
  /** Fails with workspace.unknown. */
  find(host: Host, id: WorkspaceId): Promise<Workspace>;
  /**
   * Does work on a workspace that no other work may disturb: what reads its tree goes together, what exchanges or removes
   * it goes alone. Fails with workspace.unknown, and with workspace.busy while other work cannot stand it. Of detached work
   * only the beginning is done here: the workspace stays held while the job runs, until `release`.
   */
  hold<Result>(
    host: Host,
    request: HoldRequest,
    work: (workspace: Workspace) => Promise<Result>,
  ): Promise<Result>;
  /** Lets go of what was held for a detached job that is over. Nothing held, and no such workspace, is no error. */
  release(host: Host, held: Pick<HoldRequest, 'id' | 'taskId'>): Promise<void>;
  /** Replaces `workspace.json` of a workspace, at once and whole. */
  writeManifest(host: Host, folder: HostPath, manifest: WorkspaceManifest): Promise<void>;
  /**
   * A private folder that becomes a workspace. Fails with workspace.nameTaken where there is one of that name, also when
   * one comes meanwhile (then at `finish`). What is left of it when its task is gone is removed at the next start.
   */
  beginFolder(host: Host, request: FolderRequest): Promise<PrivateFolder>;
  /** The same folder of a task that began it before. */
  privateFolder(host: Host, request: FolderRequest): PrivateFolder;
}

export interface HoldRequest {
  readonly id: WorkspaceId;
  readonly taskId: TaskId;
  readonly mode: LockMode;
  /** For others who must wait, as a phrase: `a snapshot of it is made`. */
  readonly what: string;
  /** The work begins a detached job under the task's id. */
  readonly isDetached?: boolean;
}

export interface FolderRequest {
  /** The host's folder of workspaces when null. */
  readonly parent: HostPath | null;
  readonly name: string;
  readonly taskId: TaskId;
}

/** `<parent>/.making-<task id>`, 0700; empty at first. */
export interface PrivateFolder {
  readonly folder: HostPath;
  /** In which it is. */
  readonly parent: HostPath;
  /** Where it will be: `<parent>/<name>`. */
  readonly target: HostPath;
  /** Writes the manifest and gives the folder its name. Fails with workspace.nameTaken, and then nothing is lost yet. */
  finish(manifest: WorkspaceManifest): Promise<HostPath>;
  /** Removes it with everything in it; nothing there is no error. */
  discard(): Promise<void>;
}

export interface WorkspaceList {
  readonly parent: HostPath;
  readonly workspaces: readonly Workspace[];
  readonly broken: readonly z.infer<typeof brokenWorkspaceSchema>[];
}

/** A file of `leases/` and what the host knows of its process. */
export interface LeaseFile {
  /** `<node>-<pid>-<start>.json` */
  readonly name: HostPath;
  readonly bytes: Uint8Array;
  /** Name and boot id of the node that answers. */
  readonly node: string;
  readonly bootId: string;
  /** `/proc/<pid>/stat` of the process that the name tells, on that node; null where there is none. */
  readonly processStat: string | null;
}

/** Lease file → who has the workspace open; null for what is no lease. */
export type ReadLease = (file: LeaseFile) => WorkspaceWriter | null;
