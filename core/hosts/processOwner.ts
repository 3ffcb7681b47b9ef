import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { isAlive, markProcess } from './processGroup.ts';

/** Which process owns something on disk: ids are reused, machines reboot, homes are shared between machines. */
export const processOwnerSchema = z.object({
  processId: z.number().int().positive(),
  startTicks: z.string(),
  bootId: z.string(),
  /** Process ids mean nothing in another pid namespace. */
  pidNamespace: z.string(),
  machine: z.string(),
});
export type ProcessOwner = z.infer<typeof processOwnerSchema>;

/** This process. */
export const thisProcess: ProcessOwner = {
  processId: process.pid,
  startTicks: markProcess(process.pid)?.startTicks ?? '',
  bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  pidNamespace: readlinkSync('/proc/self/ns/pid'),
  machine: `${hostname()} ${machineId()}`,
};

export function isThisProcess({ processId, startTicks, bootId, pidNamespace }: ProcessOwner): boolean {
  const mine = thisProcess;
  return (
    processId === mine.processId &&
    startTicks === mine.startTicks &&
    bootId === mine.bootId &&
    pidNamespace === mine.pidNamespace
  );
}

/** Whether the very process that wrote the mark still runs; `elsewhere` when that cannot be seen from here. */
export function livenessOf(owner: ProcessOwner): 'alive' | 'dead' | 'elsewhere' {
  if (owner.machine !== thisProcess.machine) return 'elsewhere';
  if (owner.bootId !== thisProcess.bootId) return 'dead';
  if (owner.pidNamespace !== thisProcess.pidNamespace) return 'elsewhere';
  return isAlive(owner) ? 'alive' : 'dead';
}

/** False only where it is certain that the process is gone: what it left may then be taken away. */
export function mayBeAlive(owner: ProcessOwner): boolean {
  return livenessOf(owner) !== 'dead';
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    return ''; // machines without one are told apart by their name alone
  }
}
