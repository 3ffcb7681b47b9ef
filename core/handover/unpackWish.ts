import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { OneWorkspace, Workspace } from '#core/contract/workspaces.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { unpackLockPrefix } from '#core/workspaces/listing.ts';
import type { HandoverMeans } from './handoverMeans.ts';
import { readPacked } from './packedFile.ts';
import { roomProblem } from './unpackRoom.ts';

/**
 * A file in the folder of an adopted workspace: its packed file is to be unpacked, by the next running workbench if need
 * be. It goes when that is done, when it has failed, and when somebody has cancelled it; not when a workbench was killed.
 */
export const wishName = hostPathFromText('.unpack-wanted');

/** The file below a workspace that unpacking is about; what lies elsewhere is somebody else's. */
export const packedName = hostPathFromText('packed.sif');

export async function wishUnpacking(host: Host, folder: HostPath): Promise<void> {
  await host.files.write(joinPath(folder, wishName), 'unpack\n', 0o600);
}

/** Takes the wish back where the work ended so that the next start would only meet the same end. */
export async function giveUpUnpacking(
  host: Host,
  {
    folder,
    thrown,
    isCancelled,
  }: { readonly folder: HostPath; readonly thrown: unknown; readonly isCancelled: boolean },
): Promise<void> {
  const passes =
    isLineFailure(thrown) ||
    (thrown instanceof WorkbenchError && ['workspace.busy', 'disk.full'].includes(thrown.report.code));
  if (passes && !isCancelled) return;
  // The failure of the work is the one to tell; a wish that stays costs another attempt.
  await host.files.remove(joinPath(folder, wishName)).catch(() => undefined);
}

const isPacked = ({ below, layered }: Workspace) => below === 'packed' && layered?.file === packedName;

/** Workspaces of a host that were adopted to be unpacked, and are not yet. */
export async function listWanted(means: HandoverMeans, host: Host): Promise<readonly OneWorkspace[]> {
  const packed = (await means.store.list(host)).workspaces.filter(isPacked);
  const wishes = packed.map(({ folder }) => ({ path: joinPath(folder, wishName), offset: 0, length: 1 }));
  const read = wishes.length === 0 ? [] : await host.files.readMany(wishes);
  return packed.flatMap(({ id }, at) => ((read[at] ?? null) !== null ? [{ hostId: host.id, id }] : []));
}

/** Whether a workspace is still to be unpacked, nobody is at it, and there is room for it. */
export async function isToUnpack(
  means: HandoverMeans,
  host: Host,
  { id, sweep }: { readonly id: OneWorkspace['id']; readonly sweep: (folder: HostPath) => Promise<void> },
): Promise<boolean> {
  const workspace = (await means.store.list(host)).workspaces.find((each) => each.id === id);
  if (workspace === undefined || !isPacked(workspace)) return false;
  const { folder } = workspace;
  await sweep(folder);
  const names = (await host.files.list(folder)).map(({ name }) => name);
  const isHeld = names.some((name) => name.startsWith(unpackLockPrefix) && name.endsWith('.json'));
  if (isHeld || !names.includes(wishName)) return false;
  const { packed } = await readPacked(host, joinPath(folder, packedName));
  return (await roomProblem(host, folder, packed.tree)) === null;
}
