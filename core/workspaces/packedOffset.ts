import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { dataType, type SifDescriptor } from '#core/sif/descriptor.ts';
import { detailHeadBytes, parseImageHead } from '#core/sif/imageHead.ts';

/**
 * Where in `packed.sif` of a workspace the squashfs with its tree begins, in bytes. Fails with workspace.none where the
 * file is gone, and with workspace.hostile where it is not such a file.
 */
export async function packedOffset(host: Host, folder: HostPath): Promise<number> {
  const path = joinPath(folder, hostPathFromText('packed.sif'));
  const facts = await host.files.stat(path);
  if (facts === null)
    throw workbenchError('workspace.none', { path, reason: 'Its packed file is gone' }, { hostId: host.id });
  const head = parseImageHead(await host.files.read(path, 0, detailHeadBytes), facts.sizeBytes);
  const tree = head.kind === 'sif' ? head.descriptors.find(isTree) : undefined;
  if (tree === undefined || (head.kind === 'sif' && head.truncation !== null))
    throw workbenchError(
      'workspace.hostile',
      { path, reason: 'It holds no whole tree of a workspace' },
      { hostId: host.id },
    );
  return tree.offset;
}

function isTree({ type, partition }: SifDescriptor): boolean {
  return type === dataType.partition && partition?.fileSystem === 1;
}
