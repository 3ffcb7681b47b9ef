import { dataType, type SifDescriptor } from './descriptor.ts';

/** Names of the two objects by which a workspace in a SIF is known. */
export const workspaceObjectName = 'mysingularity-workspace.json';
export const workspaceTreeName = 'mysingularity-workspace.squashfs';

/** Manifest and tree of a workspace in a SIF: packed alone, or embedded in an image. Null where there is none. */
export function packedWorkspace(
  descriptors: readonly SifDescriptor[],
): { readonly json: SifDescriptor; readonly tree: SifDescriptor } | null {
  const json = descriptors.find(({ type, name }) => type === dataType.json && name === workspaceObjectName);
  const tree = descriptors.find(
    ({ partition, name }) => partition?.fileSystem === 1 && name === workspaceTreeName,
  );
  return json === undefined || tree === undefined ? null : { json, tree };
}
