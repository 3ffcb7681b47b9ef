import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';

/** What private folders stand on. */
export interface PrivateFolderMeans {
  /** This machine. */
  readonly host: Host;
  /** Remembers private folders before they are made, so that the next start removes what a killed process left. */
  readonly records: {
    begin(
      id: TaskId,
      things: {
        readonly files: HostPath[];
        readonly folders: { readonly parent: HostPath; readonly prefix: HostPath }[];
        readonly resumable: HostPath[];
      },
    ): Promise<void>;
    end(id: TaskId, things: { readonly isResumableKept: boolean }): Promise<void>;
  };
  readonly temporaryFolder: HostPath;
  /** A folder that lives in memory, where so many bytes may be taken; null where not. */
  readonly memoryFolder: (neededBytes: number) => Promise<HostPath | null>;
}

interface PrivateFolder {
  readonly path: HostPath;
  /** Removes it with everything in it. */
  remove(): Promise<void>;
}

export type MakePrivateFolder = (neededBytes: number) => Promise<PrivateFolder>;

/** Makes folders that only this user can open (0700), in memory where there is room. Fails with disk.full. */
export function createPrivateFolders(
  { host, records, temporaryFolder, memoryFolder }: PrivateFolderMeans,
  context: TaskContext,
): MakePrivateFolder {
  let count = 0;
  return async (neededBytes) => {
    count += 1;
    const id = `${context.id}-compared${count}` as TaskId;
    const parent = (await memoryFolder(neededBytes)) ?? temporaryFolder;
    const freeBytes = await host.files.freeBytes(parent);
    if (freeBytes < neededBytes) throw workbenchError('disk.full', { path: parent, neededBytes, freeBytes });
    const prefix = hostPathFromText(`.mysingularity-${id}-`);
    await records.begin(id, { files: [], folders: [{ parent, prefix }], resumable: [] });
    const remove = () => records.end(id, { isResumableKept: false });
    try {
      return { path: await host.files.makeTemporaryFolder(parent, prefix), remove };
    } catch (thrown) {
      await remove();
      throw thrown;
    }
  };
}
