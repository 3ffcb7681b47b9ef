import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host, HostFiles } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';

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
    const spec = commandSpec('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', '--', { path }], {
      purpose: 'Remove what a build left behind',
    });
    try {
      await host.run(spec, { isQuiet: true });
    } catch {
      throw thrown; // no unshare here: why it could not be removed is what counts
    }
    if ((await host.files.stat(path)) !== null) throw thrown;
  }
}
