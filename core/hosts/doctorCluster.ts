import type { Verdict } from '#core/contract/hosts.ts';
import type { Probe } from './probe.ts';
import { verdictsOf, youCan } from './verdict.ts';

const cluster = verdictsOf('cluster');
const tools = verdictsOf('tools');
const network = verdictsOf('network');

/** Scheduler, what happens to work after logout, tools that are used when there, and the way to registries. */
export function clusterVerdicts({ values }: Probe): readonly Verdict[] {
  return [
    schedulerVerdict(values),
    mpiVerdict(values),
    logoutVerdict(values),
    rsyncVerdict(values),
    registryVerdict(values),
  ].filter((verdict) => verdict !== null);
}

function schedulerVerdict(values: Probe['values']): Verdict | null {
  const version = schedulerOf(values);
  if (version === null) return null;
  return cluster.works('scheduler', {
    sentence: `Jobs are run by ${version.name} here.`,
    fact: `${version.text}. Long computations belong on compute nodes, not on this one.`,
  });
}

/** The scheduler that answered, and how it calls itself; null where there is none. */
export function schedulerOf(
  values: Probe['values'],
): { readonly name: string; readonly text: string } | null {
  const names = { slurm: 'Slurm', pbs: 'PBS', lsf: 'LSF' };
  for (const [key, name] of Object.entries(names)) {
    const text = values.get(`version.${key}`) ?? '';
    if (text !== '') return { name, text };
  }
  return null;
}

function mpiVerdict(values: Probe['values']): Verdict | null {
  const plugins = values.get('srunMpi') ?? '';
  if (!/pmi/i.test(plugins)) return null;
  return cluster.works('mpi', {
    sentence: 'MPI programs in images can be started by srun.',
    fact: `srun --mpi knows: ${plugins.replace(/^.*?are:?\s*/i, '')}.`,
  });
}

function logoutVerdict(values: Probe['values']): Verdict | null {
  if (values.get('killsAtLogout') !== 'yes' || values.get('lingers') === 'yes') return null;
  return cluster.risk('logout', {
    sentence: 'Work that goes on after you sign out is killed here.',
    fact: 'systemd’s KillUserProcesses is on. Long pulls and builds end when the connection does.',
    fix: youCan('loginctl enable-linger   # where the site allows it; else run it as a job'),
  });
}

function rsyncVerdict(values: Probe['values']): Verdict {
  const version = values.get('version.rsync') ?? '';
  if (version !== '')
    return tools.works('rsync', {
      sentence: 'Images are sent as differences where an older one is there.',
      fact: `${version.replace(/\s+/g, ' ')}.`,
    });
  return tools.works('rsync', {
    sentence: 'Images are sent whole: there is no rsync here.',
    fact: 'rsync was not found. Interrupted copies still go on where they stopped.',
  });
}

/** Whether images can be pulled here directly. Not being able to is no fault: compute and login nodes often are cut off. */
function registryVerdict(values: Probe['values']): Verdict | null {
  const proxy = values.get('proxy') ?? '';
  switch (values.get('registry')) {
    case 'reached':
      return network.works('registry', {
        sentence: 'Images can be pulled from the internet here.',
        fact: 'registry-1.docker.io answered at port 443.',
      });
    case 'name unknown':
    case 'no answer':
      if (proxy !== '')
        return network.works('registry', {
          sentence: 'The internet is reached through a proxy here.',
          fact: `https_proxy is ${proxy}. registry-1.docker.io was not asked directly.`,
        });
      // Cut off is how many clusters are meant to be: no fault.
      return network.works('registry', {
        sentence: 'Images come here from other hosts or from files: the internet is not reached.',
        fact:
          values.get('registry') === 'no answer'
            ? 'registry-1.docker.io did not answer at port 443 within a second.'
            : 'The name registry-1.docker.io is not known here.',
      });
    default:
      return null;
  }
}
