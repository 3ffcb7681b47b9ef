import { folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { readRowAt } from './imageRow.ts';
import type { Ledger } from './ledger.ts';
import { targetPath } from './pullTarget.ts';

export interface FileActionMeans {
  readonly host: Host;
  readonly ledger: Ledger;
}

/** Gives an image another name in its folder. Never replaces anything. */
export async function renameImage(
  { host, ledger }: FileActionMeans,
  path: HostPath,
  newName: HostPath,
): Promise<HostPath> {
  await requireImage(host, path);
  const target = targetPath(folderName(path), newName);
  await host.files.rename(path, target, { overwrite: false });
  const facts = await host.files.stat(target);
  if (facts !== null) await ledger.move(path, target, facts);
  return target;
}

/**
 * Deletes images: files, and sandboxes with read-only folders too. What is no image is refused before anything is
 * deleted; files of mapped users in a sandbox are refused with the command that can delete them.
 */
export async function removeImages(
  means: FileActionMeans,
  paths: readonly HostPath[],
): Promise<{ removed: number; freedBytes: number }> {
  const { host, ledger } = means;
  const images = new Map<HostPath, Image>();
  for (const path of paths) {
    const image = await requireImage(host, path);
    if (image.format === 'sandbox') await refuseForeignFolders(host, path);
    images.set(path, image);
  }
  let freedBytes = 0;
  for (const [path, image] of images) {
    const sizeBytes = image.sizeBytes ?? (await measureFolder(host, path));
    await host.files.remove(path);
    await ledger.forget(path);
    freedBytes += sizeBytes;
  }
  return { removed: images.size, freedBytes };
}

/** The image at a path. Fails with image.missing and image.notAnImage: nothing else may be renamed or deleted here. */
async function requireImage(host: Host, path: HostPath): Promise<Image> {
  const image = await readRowAt(host, path);
  if (image !== null) return image;
  const isThere = (await host.files.stat(path)) !== null;
  throw workbenchError(isThere ? 'image.notAnImage' : 'image.missing', { path }, { hostId: host.id });
}

/** Bytes on disk of a folder, links not followed; 0 where it cannot be measured. */
async function measureFolder(host: Host, path: HostPath): Promise<number> {
  const spec = commandSpec('du', ['-skx', '--', { path }], { purpose: 'Measure the sandbox' });
  const outcome = await host.run(spec, { isQuiet: true });
  const kibibytes = /^(\d+)\s/.exec(outcome.stdout)?.[1];
  return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
}

/** Folders that containers with fakeroot made belong to a subordinate user id: their owner may not empty them. */
async function refuseForeignFolders(host: Host, path: HostPath): Promise<void> {
  const script = 'exec find "$1" -xdev -type d ! -user "$(id -u)" -print -quit';
  const spec = commandSpec('/bin/sh', ['-c', script, 'sh', { path }], {
    purpose: 'Look for foreign folders',
  });
  const outcome = await host.run(spec, { isQuiet: true });
  if (outcome.stdout.trim() === '') return;
  const byHand = `unshare --map-root-user --map-auto rm -rf -- ${quotePath(path)}`;
  throw workbenchError(
    'host.permissionDenied',
    { path, operation: 'delete', foreignFolder: outcome.stdout.trim() },
    {
      hostId: host.id,
      evidence: `${outcome.stdout.trim()} belongs to a subordinate user of yours (a container with fakeroot made it).\nThis deletes it: ${byHand}`,
    },
  );
}
