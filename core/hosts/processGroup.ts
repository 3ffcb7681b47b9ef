import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { errnoOf } from './fileErrors.ts';

/** One process at one time: ids are reused, so the start time (clock ticks since boot) goes with it. */
export interface ProcessMark {
  readonly processId: number;
  readonly startTicks: string;
}

const stepMs = 25;

/**
 * Ends a process group and everything that descends from it: interrupt first (the runtime then cleans up after
 * itself), terminate after 3 s, kill after 5 s. A killed runtime leaves its FUSE helpers behind (measured: they live on
 * for ever), so descendants are noted before each step and killed at the end. Resolves when all are gone.
 */
export async function endProcessGroup(leader: number, isGone: () => boolean): Promise<void> {
  const known = new Map<number, ProcessMark>();
  for (const [signal, waitMs] of [
    ['SIGINT', 3000],
    ['SIGTERM', 2000],
    ['SIGKILL', 2000],
  ] as const) {
    for (const mark of descendants(leader)) known.set(mark.processId, mark);
    signalGroup(leader, signal);
    if (await waitUntil(isGone, waitMs)) break;
  }
  for (const mark of known.values()) if (isAlive(mark)) signalProcess(mark.processId, 'SIGKILL');
  await waitUntil(() => [...known.values()].every((mark) => !isAlive(mark)), 2000);
}

/** Signals every process of a group; a group that is gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  signalProcess(-leader, signal);
}

/** The mark of a process, or null when there is none. */
export function markProcess(processId: number): ProcessMark | null {
  const stat = readStat(processId);
  return stat === null ? null : { processId, startTicks: stat.startTicks };
}

/** True while the very process that was marked runs (zombies do not count). */
export function isAlive(mark: ProcessMark): boolean {
  const stat = readStat(mark.processId);
  return stat !== null && stat.startTicks === mark.startTicks && stat.state !== 'Z';
}

function descendants(root: number): readonly ProcessMark[] {
  const children = new Map<number, ProcessMark[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const processId = Number(name);
    const stat = readStat(processId);
    if (stat === null) continue;
    const mark = { processId, startTicks: stat.startTicks };
    for (const parent of new Set([stat.parent, stat.group])) {
      const siblings = children.get(parent) ?? [];
      siblings.push(mark);
      children.set(parent, siblings);
    }
  }
  const found = new Map<number, ProcessMark>();
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const mark of children.get(next) ?? []) {
      if (mark.processId === root || found.has(mark.processId)) continue;
      found.set(mark.processId, mark);
      waiting.push(mark.processId);
    }
  }
  return [...found.values()];
}

/** Fields of /proc/PID/stat (proc(5)): the name may hold anything, so fields count from the last parenthesis. */
function readStat(
  processId: number,
): { state: string; parent: number; group: number; startTicks: string } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${processId}/stat`, 'latin1');
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ESRCH') return null;
    throw thrown;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    startTicks: fields[19] ?? '0',
  };
}

/** Signals one process; one that is gone is no error. */
export function signalProcess(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ESRCH') throw thrown;
  }
}

/** Looks again and again, up to a limit. False when it never became true. */
export async function waitUntil(isTrue: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > end) return false;
    await after(stepMs);
  }
  return true;
}
