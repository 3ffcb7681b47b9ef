import type { HostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { hostConditionsOf } from './hostConditions.ts';
import type { Probe } from './probe.ts';

/** The runtime that is used on a host. Fails with runtime.missing when there is none. */
export function runtimeOf(probe: Probe, id: HostId): Runtime {
  const { facts, dialects, values } = probe;
  const chosen = facts.runtimes.find((runtime) => runtime.isChosen);
  const dialect = chosen === undefined ? undefined : dialects.get(chosen.path);
  if (chosen === undefined || dialect === undefined)
    throw workbenchError('runtime.missing', { host: id }, { hostId: id });
  const missingCapabilities = facts.uid === 0 ? missingOfRoot(values.get('capabilities') ?? '') : [];
  return { path: chosen.path, dialect, missingCapabilities, conditions: hostConditionsOf(probe) };
}

/** CapBnd of /proc/self/status → what root has not got that the runtime asks for (capabilities(7): 24 is CAP_SYS_RESOURCE). */
export function missingOfRoot(bounding: string): readonly string[] {
  if (!/^[0-9a-f]{1,16}$/.test(bounding)) return [];
  return (BigInt(`0x${bounding}`) >> 24n) & 1n ? [] : ['CAP_SYS_RESOURCE'];
}
