import { z } from 'zod';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathSchema,
  joinPath,
} from '#core/contract/hostPath.ts';
import {
  type Sandbox,
  type SandboxSnapshot,
  sandboxBaseSchema,
  sandboxSchema,
  sandboxSnapshotSchema,
} from '#core/contract/sandboxes.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import type { SandboxRoom } from './sandboxRoom.ts';
import { idFileName } from './treeListing.ts';

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const recordName = 'record.json';
const recordLimitBytes = 65_536;
const halfKeptMs = 86_400_000;
/** What is known of a sandbox that is gone: so long it may still be found again, where somebody moved it. */
const goneKeptMs = 30 * 86_400_000;
/** In the folder of a record: the sandbox was not there any more at that time. */
const goneName = 'gone';
/** Folders in the one of a record for a tree as it is now. */
export const readingPrefix = '.now-';
const text = hostPathFromText;

/** What is known of a sandbox. It lies in the state folder of its host, in a folder named by the sandbox's id. */
export const sandboxRecordSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(idPattern),
  /** Where it was last seen. */
  path: hostPathSchema,
  base: sandboxBaseSchema.nullable(),
  createdAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
  size: sandboxSchema.shape.size,
  hasForeignOwners: z.boolean().nullable(),
  /** There is a listing of what it began with. */
  hasBaseline: z.boolean(),
  /** Beside where it lay when the first was made. */
  snapshotFolder: hostPathSchema.nullable(),
});
export type SandboxRecord = z.infer<typeof sandboxRecordSchema>;

/** The record of a sandbox that is not known. */
export function newRecord(id: string, path: HostPath): SandboxRecord {
  return {
    version: 1,
    id,
    path,
    base: null,
    createdAt: null,
    lastUsedAt: null,
    size: null,
    hasForeignOwners: null,
    hasBaseline: false,
    snapshotFolder: null,
  };
}

/** The folder of a record. */
export function folderOfRecord(room: Pick<SandboxRoom, 'folder'>, id: string): HostPath {
  return joinPath(room.folder, text(id));
}

/** Whether a folder holds the files of a container. */
export async function isSandbox({ host }: Pick<SandboxRoom, 'host'>, path: HostPath): Promise<boolean> {
  const mark = await host.files.stat(joinPath(path, text('.singularity.d'))).catch((thrown: unknown) => {
    if (isLineFailure(thrown)) throw thrown;
    return null; // what cannot be looked at is none
  });
  return mark?.kind === 'folder';
}

/** Fails with sandbox.unknown for what is no sandbox. */
export async function requireSandbox(room: SandboxRoom, path: HostPath): Promise<void> {
  if (!(await isSandbox(room, path)))
    throw workbenchError('sandbox.unknown', { path }, { hostId: room.host.id });
}

/**
 * What is known of the sandbox at a path; null where nothing is. One that was moved is known by its id; a copy that
 * somebody made by hand has the id too, and is none of ours while the original is still in its place.
 */
export async function findRecord(room: SandboxRoom, path: HostPath): Promise<SandboxRecord | null> {
  const id = await readId(room, path);
  const record = id === null ? null : await readRecord(room, id);
  if (record === null || record.path === path) return record;
  if ((await readId(room, record.path)) === record.id) return null;
  const moved = { ...record, path };
  await writeRecord(room, moved);
  return moved;
}

export async function writeRecord(room: SandboxRoom, record: SandboxRecord): Promise<void> {
  const { files } = room.host;
  await files.makeFolder(folderOfRecord(room, record.id), 0o700);
  await files.write(
    joinPath(folderOfRecord(room, record.id), text(recordName)),
    JSON.stringify(record),
    0o600,
  );
}

/** Changes some of a record, and leaves what others wrote of it meanwhile. */
export async function changeRecord(
  room: SandboxRoom,
  record: SandboxRecord,
  change: Partial<Omit<SandboxRecord, 'version' | 'id'>>,
): Promise<void> {
  await room.inTurn(async () =>
    writeRecord(room, { ...((await readRecord(room, record.id)) ?? record), ...change }),
  );
}

/** Every record of the host. */
export async function listRecords(room: SandboxRoom): Promise<readonly SandboxRecord[]> {
  if ((await room.host.files.stat(room.folder)) === null) return [];
  const names = (await room.host.files.list(room.folder)).filter(({ name }) => idPattern.test(name));
  const read = await room.host.files.readMany(
    names.map(({ name }) => ({
      path: joinPath(joinPath(room.folder, name), text(recordName)),
      offset: 0,
      length: recordLimitBytes,
    })),
  );
  return read.flatMap((bytes) => parseRecord(bytes) ?? []);
}

/**
 * Removes what killed processes left in the folders of records: locks, readings of trees, and folders that never got a
 * record; and records of sandboxes that are long gone. What is young may be another process's that works on it now.
 */
export async function sweepRecords(room: SandboxRoom): Promise<void> {
  const { files } = room.host;
  if ((await files.stat(room.folder)) === null) return;
  await room.sweepLocks();
  const isOld = (facts: FileFacts) => Date.now() - facts.modifiedAt > halfKeptMs;
  for (const { name, facts } of await files.list(room.folder)) {
    if (!idPattern.test(name)) continue;
    const folder = joinPath(room.folder, name);
    const inside = await files.list(folder);
    for (const each of inside)
      if (each.name.startsWith(readingPrefix) && isOld(each.facts))
        await files.remove(joinPath(folder, each.name));
    const hasRecord = inside.some((each) => each.name === recordName);
    if (isOld(facts) && !hasRecord) await files.remove(folder);
  }
  await sweepGone(room);
}

/**
 * Forgets sandboxes that went a month ago. Where not even the folder is there that held one, its disk may be away; what has
 * snapshots stays.
 */
async function sweepGone(room: SandboxRoom): Promise<void> {
  const { files } = room.host;
  const records = await listRecords(room);
  const ids = await readIds(
    room,
    records.map(({ path }) => path),
  );
  for (const [at, record] of records.entries()) {
    const folder = folderOfRecord(room, record.id);
    const mark = joinPath(folder, text(goneName));
    const since = (await files.stat(mark))?.modifiedAt ?? null;
    const isThere = ids[at] === record.id || (await files.stat(folderName(record.path))) === null;
    if (isThere || (await listSnapshots(room, record)).length > 0) {
      if (since !== null) await files.remove(mark);
    } else if (since === null) await files.write(mark, '', 0o600);
    else if (Date.now() - since > goneKeptMs) await files.remove(folder);
  }
}

async function readRecord(room: SandboxRoom, id: string): Promise<SandboxRecord | null> {
  const path = joinPath(folderOfRecord(room, id), text(recordName));
  const [bytes] = await room.host.files.readMany([{ path, offset: 0, length: recordLimitBytes }]);
  return parseRecord(bytes ?? null);
}

function parseRecord(bytes: Uint8Array | null): SandboxRecord | null {
  if (bytes === null) return null;
  try {
    const parsed = sandboxRecordSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // torn or not ours: the sandbox is then one that we know nothing of
  }
}

/** The ids that lie in sandboxes, in the order of the paths; null where there is none. */
export async function readIds(
  room: SandboxRoom,
  paths: readonly HostPath[],
): Promise<readonly (string | null)[]> {
  const read = await room.host.files.readMany(
    paths.map((path) => ({ path: joinPath(path, text(idFileName)), offset: 0, length: 64 })),
  );
  return read.map((bytes) => {
    const id = bytes === null ? '' : new TextDecoder().decode(bytes).trim();
    return idPattern.test(id) ? id : null;
  });
}

async function readId(room: SandboxRoom, path: HostPath): Promise<string | null> {
  return (await readIds(room, [path]))[0] ?? null;
}

/** For people: a record (or what is known without one) as a sandbox. */
export async function sandboxOf(
  room: SandboxRoom,
  path: HostPath,
  record: SandboxRecord | null,
): Promise<Sandbox> {
  return {
    hostId: room.host.id,
    path,
    name: baseName(path),
    base: record?.base ?? null,
    createdAt: record?.createdAt ?? null,
    lastUsedAt: record?.lastUsedAt ?? null,
    size: record?.size ?? null,
    hasForeignOwners: record?.hasForeignOwners ?? null,
    snapshots: [...(await listSnapshots(room, record))],
  };
}

/** What is in `<snapshot folder>/<id>/snapshot.json`; the tree is beside it. */
const snapshotFileSchema = sandboxSnapshotSchema.omit({ id: true });

/** Snapshots with their tree, oldest first. */
export async function listSnapshots(
  { host }: SandboxRoom,
  record: SandboxRecord | null,
): Promise<readonly SandboxSnapshot[]> {
  const folder = record?.snapshotFolder ?? null;
  if (folder === null || (await host.files.stat(folder)) === null) return [];
  const found: SandboxSnapshot[] = [];
  for (const { name } of await host.files.list(folder)) {
    if (!sandboxSnapshotSchema.shape.id.safeParse(name).success) continue;
    const inside = joinPath(folder, name);
    const [bytes] = await host.files.readMany([
      { path: joinPath(inside, text('snapshot.json')), offset: 0, length: recordLimitBytes },
    ]);
    if (bytes == null || (await host.files.stat(joinPath(inside, text('root')))) === null) continue;
    const parsed = snapshotFileSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (parsed.success) found.push({ id: name, ...parsed.data });
  }
  return found.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
}
