import { type HostPath, joinPath } from '#core/contract/hostPath.ts';
import type { Leftover } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Host } from '#core/hosts/host.ts';

const idPrefix = 'part:';
/** As `partNames` makes them. */
const partName = /^\.(.+)\.[0-9a-f]{16}\.(?:delta\.)?part$/s;

/** What interrupted sendings left in these folders of a host; a later sending of the same image would go on from it. */
export async function listLeftoverParts(host: Host, folders: readonly HostPath[]): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const folder of folders) {
    if ((await host.files.stat(folder))?.kind !== 'folder') continue;
    for (const { name, facts } of await host.files.list(folder)) {
      const image = partName.exec(name)?.[1];
      if (image === undefined) continue;
      const isFile = facts.kind === 'file';
      found.push({
        id: `${idPrefix}${joinPath(folder, name)}`,
        title: `Begun sending of ${image}${isFile ? `, ${formatBytes(facts.sizeBytes)} are there` : ''}`,
        sizeBytes: isFile ? facts.sizeBytes : null,
        modifiedAt: facts.modifiedAt,
      });
    }
  }
  return found;
}

/** Whether an id of a leftover is one of these. */
export function isPartId(id: string): boolean {
  return id.startsWith(idPrefix);
}

/** Removes one of them, by its id; false for an id that is none. Nothing else can be removed so. */
export async function removeLeftoverPart(
  host: Host,
  folders: readonly HostPath[],
  id: string,
): Promise<boolean> {
  const listed = await listLeftoverParts(host, folders);
  if (!listed.some((part) => part.id === id)) return false;
  await host.files.remove(id.slice(idPrefix.length) as HostPath);
  return true;
}
