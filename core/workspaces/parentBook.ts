import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';

const bookLimitBytes = 1024 * 1024;
const mostParents = 64;
const bookSchema = z.object({
  version: z.literal(1),
  hosts: z.record(z.string().max(128), z.array(hostPathSchema).max(mostParents)),
});
type Book = z.infer<typeof bookSchema>;

/** Folders of hosts in which workspaces were made: without it nobody would find those again that are not in the usual one. */
export interface ParentBook {
  parents(hostId: HostId): Promise<readonly HostPath[]>;
  remember(hostId: HostId, parent: HostPath): Promise<void>;
}

/** The book as a file of the state folder of this machine. */
export function createParentBook(files: HostFiles, stateFolder: HostPath): ParentBook {
  const folder = joinPath(stateFolder, hostPathFromText('workspaces'));
  const file = joinPath(folder, hostPathFromText('folders.json'));

  async function read(): Promise<Book> {
    try {
      const bytes = await files.read(file, 0, bookLimitBytes);
      return bookSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (thrown) {
      // A book that cannot be read must not hide the workspaces of the usual folders.
      if (reportOf(thrown).code !== 'host.pathMissing') process.emitWarning(`${file} cannot be read`);
      return { version: 1, hosts: {} };
    }
  }

  return {
    parents: async (hostId) => (await read()).hosts[hostId] ?? [],
    async remember(hostId, parent) {
      const { hosts } = await read();
      const known = hosts[hostId] ?? [];
      if (known.includes(parent)) return;
      await files.makeFolder(folder, 0o700);
      const book: Book = {
        version: 1,
        hosts: { ...hosts, [hostId]: [...known, parent].slice(-mostParents) },
      };
      await files.write(file, JSON.stringify(book), 0o600);
    },
  };
}
