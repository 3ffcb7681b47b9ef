import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isAlive, markProcess } from '#core/hosts/processGroup.ts';

/** Which process of which boot owns something on disk: ids are reused and machines reboot. */
export const processOwnerSchema = z.object({
  processId: z.number().int(),
  startTicks: z.string(),
  bootId: z.string(),
});
export type ProcessOwner = z.infer<typeof processOwnerSchema>;

const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** This process. */
export const thisProcess: ProcessOwner = {
  processId: process.pid,
  startTicks: markProcess(process.pid)?.startTicks ?? '0',
  bootId,
};

/** True while the very process that wrote the mark still runs. */
export function isOwnerAlive(owner: ProcessOwner): boolean {
  return owner.bootId === bootId && isAlive(owner);
}
