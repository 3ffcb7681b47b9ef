import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { commandsOfHistory } from './draftDefinition.ts';
import { folderOfRecord, type SandboxRecord } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';

const mostBytes = 1024 * 1024;
const mostFiles = 1000;

/** Where the histories of a sandbox's writable shells are kept. */
export function historyFolder(room: Pick<SandboxRoom, 'folder'>, id: string): HostPath {
  return joinPath(folderOfRecord(room, id), hostPathFromText('shells'));
}

/** What was typed in the writable shells of a sandbox, oldest shell first. */
export async function commandsOf(
  room: SandboxRoom,
  record: SandboxRecord | null,
): Promise<readonly string[]> {
  if (record === null) return [];
  const { files } = room.host;
  const folder = historyFolder(room, record.id);
  if ((await files.stat(folder)) === null) return [];
  const names = (await files.list(folder))
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.history'));
  const read = await files.readMany(
    names
      .sort()
      .slice(-mostFiles)
      .map((name) => ({ path: joinPath(folder, name), offset: 0, length: mostBytes })),
  );
  return read.flatMap((bytes) => (bytes === null ? [] : commandsOfHistory(new TextDecoder().decode(bytes))));
}
