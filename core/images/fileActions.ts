import { folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
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
 * Deletes images: files, and sandboxes by `removeFolder`. What is no image is refused before anything is deleted.
 */
export async function removeImages(
  means: FileActionMeans & { readonly removeFolder: (path: HostPath) => Promise<void> },
  paths: readonly HostPath[],
): Promise<{ removed: number; freedBytes: number }> {
  const { host, ledger } = means;
  const images = new Map<HostPath, Image>();
  for (const path of paths) {
    images.set(path, await requireImage(host, path));
  }
  let freedBytes = 0;
  for (const [path, image] of images) {
    const sizeBytes = image.sizeBytes ?? (await measureFolder(host, path));
    if (image.format === 'sandbox') await means.removeFolder(path);
    else await host.files.remove(path);
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
