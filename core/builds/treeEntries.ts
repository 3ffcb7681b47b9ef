import { type HostPath, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';

const mostEntries = 100_000;
const deepest = 64;

/** A file or folder below a path; links are followed, as the build's own copying does. */
export interface TreeEntry {
  readonly path: HostPath;
  /** Below the path that was asked; empty for itself. */
  readonly relative: string;
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
  readonly mode: number;
}

/**
 * Everything below a path, folders before what is in them, at most 100,000 entries and 64 folders deep. Sockets, devices,
 * links to nothing, and what is not wanted, with all below it, are left out. Fails with input.invalid where there is more, and transfer.failed for names that no
 * file can have.
 */
export async function entriesBelow(
  path: HostPath,
  { id, label, files }: Pick<Host, 'id' | 'label' | 'files'>,
  isLeftOut: (relative: string) => boolean = () => false,
): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  async function walk(at: HostPath, relative: string, facts: FileFacts): Promise<void> {
    if (facts.kind !== 'file' && facts.kind !== 'folder') return;
    const depth = relative === '' ? 0 : relative.split('/').length;
    if (entries.length >= mostEntries || depth > deepest)
      throw workbenchError('input.invalid', {
        path,
        reason: `It holds more than ${mostEntries} files, or folders in themselves.`,
      });
    entries.push({
      path: at,
      relative,
      kind: facts.kind,
      sizeBytes: facts.kind === 'file' ? facts.sizeBytes : 0,
      mode: facts.mode,
    });
    if (facts.kind !== 'folder') return;
    const inside = (await files.list(at)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, facts: own } of inside) {
      // A host that is not to be trusted must not lead out of the folder that this goes to.
      if (name === '' || name === '.' || name === '..' || name.includes('/'))
        throw workbenchError(
          'transfer.failed',
          { path: at, host: label, reason: 'The host named a file as no file can be named' },
          { hostId: id },
        );
      const below = relative === '' ? name : `${relative}/${name}`;
      if (!isLeftOut(below)) await walk(joinPath(at, name), below, own);
    }
  }
  const facts = await files.stat(path);
  if (facts !== null) await walk(path, '', facts);
  return entries;
}
