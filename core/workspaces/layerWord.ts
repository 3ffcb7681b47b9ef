import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { dataType, type SifDescriptor } from '#core/sif/descriptor.ts';
import { detailHeadBytes, parseImageHead } from '#core/sif/imageHead.ts';

/**
 * How the tree of a workspace lies, as a word of the scripts that mount it: `-` for plain files alone, `files` for plain
 * files below own writes, else where in `packed.sif` the squashfs begins. Those scripts take plain files wherever they
 * are there: they may have come since. Fails as `packedOffset` does.
 */
export async function layerWord(
  host: Host,
  { folder, below }: Pick<Workspace, 'folder' | 'below'>,
): Promise<string> {
  switch (below) {
    case null:
      return '-';
    case 'files':
      return 'files';
    case 'packed':
      // It may have been unpacked since the list was read.
      return (await host.files.stat(joinPath(folder, hostPathFromText('lower'))))?.kind === 'folder'
        ? 'files'
        : String(await packedOffset(host, folder));
  }
}

/**
 * Where in `packed.sif` of a workspace the squashfs with its tree begins, in bytes. Fails with workspace.none where the
 * file is gone, and with workspace.hostile where it is not such a file.
 */
async function packedOffset(host: Host, folder: HostPath): Promise<number> {
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
