import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';

const bookLimitBytes = 4 * 1024 * 1024;
const mostPaths = 512;
const bookSchema = z.object({
  version: z.literal(1),
  hosts: z.record(z.string().max(128), z.array(hostPathSchema).max(mostPaths)),
});

/** Overlays that the workbench made: without it those outside of the image folders would be in no list. */
export interface OverlayBook {
  paths(hostId: HostId): Promise<readonly HostPath[]>;
  remember(hostId: HostId, path: HostPath): Promise<void>;
  forget(hostId: HostId, path: HostPath): Promise<void>;
}

/** The book as a file of the state folder of this machine. */
export function createOverlayBook(files: HostFiles, stateFolder: HostPath): OverlayBook {
  const folder = joinPath(stateFolder, hostPathFromText('overlays'));
  const file = joinPath(folder, hostPathFromText('made.json'));

  async function read(): Promise<z.infer<typeof bookSchema>> {
    try {
      const bytes = await files.read(file, 0, bookLimitBytes);
      return bookSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (thrown) {
      // A book that cannot be read must not hide the overlays of the image folders.
      if (reportOf(thrown).code !== 'host.pathMissing') process.emitWarning(`${file} cannot be read`);
      return { version: 1, hosts: {} };
    }
  }

  async function change(hostId: HostId, of: (paths: readonly HostPath[]) => readonly HostPath[]) {
    const { hosts } = await read();
    const before = hosts[hostId] ?? [];
    const after = of(before);
    if (after.length === before.length) return;
    await files.makeFolder(folder, 0o700);
    const book = { version: 1, hosts: { ...hosts, [hostId]: after.slice(-mostPaths) } };
    await files.write(file, JSON.stringify(book), 0o600);
  }

  return {
    paths: async (hostId) => (await read()).hosts[hostId] ?? [],
    remember: async (hostId, path) =>
      await change(hostId, (paths) => (paths.includes(path) ? paths : [...paths, path])),
    forget: async (hostId, path) => await change(hostId, (paths) => paths.filter((one) => one !== path)),
  };
}
