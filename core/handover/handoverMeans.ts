import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { OneWorkspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { WorkRecords } from '#core/images/workRecords.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { SendMeans } from '#core/transfer/sendFile.ts';
import type { HostKnowledge } from '#core/workspaces/preflightFacts.ts';
import type { WorkspaceStore } from '#core/workspaces/workspaceStore.ts';

/** What handing workspaces over stands on. */
export interface HandoverMeans {
  /** This machine. */
  readonly local: Host;
  readonly hosts: Pick<HostKnowledge, 'open' | 'fact' | 'architecture'>;
  readonly store: WorkspaceStore;
  /** Where packed files go on a host when nothing else is said. */
  readonly imageFolder: (id: HostId) => HostPath;
  /** What is unfinished on a host, for the next start. */
  readonly recordsOf: (host: Host) => WorkRecords;
  /** The way to an ssh host. */
  readonly sendMeansOf: (id: HostId) => Promise<SendMeans>;
  /**
   * Has what lies packed below a workspace unpacked in a moment, as work of its own, where this process lives long enough.
   * False where it does not.
   */
  readonly unpackLater: (one: OneWorkspace) => boolean;
  /** Cancels work and waits until it has tidied up. */
  readonly stopTask: (id: TaskId) => Promise<void>;
  /** Whether this process ends, and cancels what runs for that reason alone. */
  readonly isEnding: () => boolean;
}

const prefix = (context: Pick<TaskContext, 'id'>) => `.mysingularity-pack-${context.id}-` as HostPath;

/** A private folder beside where something is to be; it goes in the end, at the next start at the latest. */
export async function inWorkFolder<Result>(
  {
    host,
    parent,
    records,
  }: { readonly host: Host; readonly parent: HostPath; readonly records: WorkRecords },
  context: TaskContext,
  work: (folder: HostPath) => Promise<Result>,
): Promise<Result> {
  await records.removeLeftovers();
  await records.begin(context.id, {
    files: [],
    folders: [{ parent, prefix: prefix(context) }],
    resumable: [],
  });
  try {
    return await work(await host.files.makeTemporaryFolder(parent, prefix(context)));
  } finally {
    await records.end(context.id, { isResumableKept: false });
  }
}
