import { z } from 'zod';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import {
  isThisProcess,
  livenessOf,
  type ProcessOwner,
  processOwnerSchema,
  thisProcess,
} from '#core/hosts/processOwner.ts';
import { jsonOrNull } from './storedSnapshot.ts';

const ownerSchema = z.object({ version: z.literal(1), owner: processOwnerSchema, taskId: taskIdSchema });

/** A folder whose owner cannot be read: killed before it had written a few bytes, or damaged. */
const namelessKeptMs = 10 * 60_000;
/** The process ran on another machine, and nobody can ask there: so long no work takes. */
export const elsewhereKeptMs = 14 * 86_400_000;

/** `.owner.json` of a folder that has no final name yet: whose work it is. */
export function ownerText(taskId: TaskId): string {
  return JSON.stringify({ version: 1, owner: thisProcess, taskId } satisfies z.infer<typeof ownerSchema>);
}

/** Whose work a folder or lock is; null where that cannot be read. */
export function taskOf(owner: Uint8Array): TaskId | null {
  return ownerSchema.safeParse(jsonOrNull(owner)).data?.taskId ?? null;
}

/** Whether a folder without a final name is of no use to anybody any more. `ageMs` by the clock of its host. */
export function isLeftover(
  owner: Uint8Array | null,
  ageMs: number,
  isTaskOpen: (id: TaskId) => boolean,
  liveness: (owner: ProcessOwner) => ReturnType<typeof livenessOf> = livenessOf,
): boolean {
  const parsed = ownerSchema.safeParse(jsonOrNull(owner));
  if (!parsed.success) return ageMs > namelessKeptMs;
  if (isTaskOpen(parsed.data.taskId)) return false;
  const { owner: process } = parsed.data;
  // Its task is over: the line was cut before it could tidy up.
  if (isThisProcess(process)) return true;
  const life = liveness(process);
  return life === 'dead' || (life === 'elsewhere' && ageMs > elsewhereKeptMs);
}
