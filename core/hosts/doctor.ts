import { type Diagnosis, type Verdict, verdictGroupSchema } from '#core/contract/hosts.ts';
import { clusterVerdicts } from './doctorCluster.ts';
import { hardwareVerdicts } from './doctorHardware.ts';
import { mountVerdicts } from './doctorMounts.ts';
import { privilegeVerdicts } from './doctorPrivilege.ts';
import { runtimeVerdicts } from './doctorRuntime.ts';
import { storageVerdicts } from './doctorStorage.ts';
import { featureTable } from './featureTable.ts';
import { factList } from './hostFactList.ts';
import type { Probe } from './probe.ts';

/**
 * A probe → plain verdicts, the worst first and then by group, each with the fact behind it and, where one exists, the
 * line that mends it; the table of what works; and the facts themselves.
 */
export function diagnose(probe: Probe): Diagnosis {
  const verdicts = [
    ...runtimeVerdicts(probe),
    ...privilegeVerdicts(probe),
    ...mountVerdicts(probe),
    ...storageVerdicts(probe),
    ...hardwareVerdicts(probe),
    ...clusterVerdicts(probe),
  ];
  return {
    verdicts: verdicts.sort((a, b) => badness[a.level] - badness[b.level] || placeOf(a) - placeOf(b)),
    features: [...featureTable(probe)],
    facts: [...factList(probe)],
  };
}

const badness: Readonly<Record<Verdict['level'], number>> = { blocked: 0, risk: 1, works: 2 };

function placeOf({ group }: Verdict): number {
  return verdictGroupSchema.options.indexOf(group);
}
