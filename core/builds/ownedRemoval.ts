import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host, HostFiles } from '#core/hosts/host.ts';
import { createOwnedTrees } from '#core/hosts/ownedTree.ts';

/**
 * A host whose removing also takes away what belongs to the person's subordinate ids: a build that was killed leaves such
 * files, and only root of a namespace with these ids may remove what is in their folders (`unshare` of util-linux 2.38). What
 * stays all the same, such as what is root's, is told to `onStuck`.
 */
export function withOwnedRemoval(host: Host, onStuck: (path: HostPath) => void): Host {
  const remove = async (path: HostPath) => {
    try {
      await removeOwned(host, path);
    } catch (thrown) {
      onStuck(path);
      throw thrown;
    }
  };
  const files: HostFiles = { ...host.files, remove };
  return { ...host, files, run: (spec, options) => host.run(spec, options) };
}

/** Removes a path with everything below it, whoever of the person's ids owns it. Fails as `HostFiles.remove` does. */
export async function removeOwned(host: Host, path: HostPath): Promise<void> {
  try {
    await host.files.remove(path);
  } catch (thrown) {
    // What the tools say of it counts for less than why it could not be removed plainly.
    const reason = await createOwnedTrees(host)
      .remove(path)
      .catch(() => 'no shell');
    if (reason !== null) throw thrown;
  }
}
