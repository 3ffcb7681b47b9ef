import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, type TaskId } from '#core/contract/ids.ts';
import { sandboxBaseSchema } from '#core/contract/sandboxes.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';
import { isSandbox, readIds } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';

const makingPrefix = '.making-';
const makingLimitBytes = 65_536;

/** A sandbox that is being made, written down before: whoever finds it later knows what it began with. */
const makingSchema = z.object({
  version: z.literal(1),
  owner: processOwnerSchema,
  /** Where it will be. */
  path: hostPathSchema,
  /** Of what is there now, which is not the new one; null for nothing. */
  inodeBefore: z.string().nullable(),
  plan: z.object({
    hostId: hostIdSchema,
    folder: hostPathSchema.nullable(),
    base: sandboxBaseSchema.omit({ digest: true }),
    file: hostPathSchema.nullable(),
    needsOwners: z.boolean(),
  }),
});
export type Making = Pick<z.infer<typeof makingSchema>, 'path' | 'plan'>;

function fileOf({ folder }: SandboxRoom, id: TaskId): HostPath {
  return joinPath(folder, hostPathFromText(`${makingPrefix}${id}.json`));
}

export async function beginMaking(room: SandboxRoom, id: TaskId, { path, plan }: Making): Promise<void> {
  const { files } = room.host;
  await files.makeFolder(room.folder, 0o700);
  const inodeBefore = (await files.stat(path))?.inode ?? null;
  const making: z.infer<typeof makingSchema> = { version: 1, owner: thisProcess, path, inodeBefore, plan };
  await files.write(fileOf(room, id), JSON.stringify(making), 0o600);
}

export async function endMaking(room: SandboxRoom, id: TaskId): Promise<void> {
  await room.host.files.remove(fileOf(room, id));
}

/**
 * Goes through what dead processes were making: a sandbox that came to its place, and of which nothing was kept yet, is
 * given to `finish`.
 */
export async function finishMakings(
  room: SandboxRoom,
  finish: (making: Making) => Promise<void>,
): Promise<void> {
  const { files } = room.host;
  if ((await files.stat(room.folder)) === null) return;
  const names = (await files.list(room.folder)).map(({ name }) => name);
  for (const name of names) {
    if (!name.startsWith(makingPrefix)) continue;
    const file = joinPath(room.folder, name);
    const [bytes] = await files.readMany([{ path: file, offset: 0, length: makingLimitBytes }]);
    const making = parseMaking(bytes ?? null);
    if (making !== null && mayBeAlive(making.owner)) continue;
    if (making !== null && (await isUnnoted(room, making))) await finish(making);
    await files.remove(file);
  }
}

async function isUnnoted(
  room: SandboxRoom,
  { path, inodeBefore }: z.infer<typeof makingSchema>,
): Promise<boolean> {
  const facts = await room.host.files.stat(path);
  if (facts === null || facts.inode === inodeBefore || !(await isSandbox(room, path))) return false;
  return (await readIds(room, [path]))[0] === null;
}

function parseMaking(bytes: Uint8Array | null): z.infer<typeof makingSchema> | null {
  if (bytes === null) return null;
  try {
    return makingSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null; // torn: it leads to nothing
  }
}
