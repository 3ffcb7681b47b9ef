import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { type RegistryProxy, startRegistryProxy } from '../fixtures/registryProxy.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Of each case; fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 3);
const bed = testbed();

interface Pulled {
  readonly seconds: number;
  readonly registryBytes: number;
  readonly sizeBytes: number;
}

interface Case {
  readonly pull: (
    person: Person,
    reference: string,
    target: string,
  ) => Promise<{ status: number | null; stderr: string }>;
  /** Whether tag 1 was pulled before, so that all layers of tag 2 but the last are known. */
  readonly isWarm: boolean;
}

const ours =
  (compression: string): Case['pull'] =>
  (person, reference, target) =>
    person.workbench(['pull', '--compression', compression, reference, target]);
const apptainer: Case['pull'] = (person, reference, target) =>
  runProgram('apptainer', ['pull', '--no-https', target, reference], { environment: person.environment });

/** One pull by somebody who has nothing yet, or only tag 1. */
async function measure(proxy: RegistryProxy, { pull, isWarm }: Case): Promise<Pulled> {
  const person = await createPerson();
  try {
    const reference = (tag: string) => `docker://${proxy.address}/${bed.realistic.repository}:${tag}`;
    if (isWarm) await succeed(pull(person, reference('1'), join(person.home, 'known.sif')));
    proxy.forget();
    const target = join(person.home, 'image.sif');
    const startedAt = performance.now();
    await succeed(pull(person, reference(isWarm ? '2' : '1'), target));
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, registryBytes: proxy.blobBytes(), sizeBytes: (await stat(target)).size };
  } finally {
    await runProgram('chmod', ['-R', 'u+rwX', person.home], { environment: person.environment });
    await rm(person.home, { recursive: true, force: true });
  }
}

async function succeed(ended: ReturnType<Case['pull']>): Promise<void> {
  const { status, stderr } = await ended;
  if (status !== 0) throw new Error(stderr);
}

/** Medians of several runs of each case, taken in turns, so that a busy moment of the machine hits all alike. */
async function compare(cases: Readonly<Record<string, Case>>): Promise<Readonly<Record<string, Pulled>>> {
  const proxy = await startRegistryProxy(bed.registry);
  const all = new Map<string, Pulled[]>(Object.keys(cases).map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, one] of Object.entries(cases)) all.get(name)?.push(await measure(proxy, one));
  }
  await proxy.close();
  return Object.fromEntries([...all].map(([name, values]) => [name, middle(values)]));
}

function middle(values: readonly Pulled[]): Pulled {
  return {
    seconds: median(values.map(({ seconds }) => seconds)),
    registryBytes: median(values.map(({ registryBytes }) => registryBytes)),
    sizeBytes: median(values.map(({ sizeBytes }) => sizeBytes)),
  };
}

const megabytes = (bytes: number) => bytes / 1e6;

for (const isWarm of [false, true]) {
  const results = await compare({
    apptainer: { pull: apptainer, isWarm },
    'gzip-9': { pull: ours('gzip-9'), isWarm },
    'gzip-6': { pull: ours('gzip-6'), isWarm },
    'zstd-3': { pull: ours('zstd-3'), isWarm },
  });
  const peer = results['apptainer'];
  if (peer === undefined) throw new Error('the peer was not measured');
  const what = isWarm ? 'new tag on known layers' : 'cold pull';
  const goals = { 'gzip-9': 1.05, 'gzip-6': 0.7 } as const;
  for (const [name, result] of Object.entries(results)) {
    if (name === 'apptainer') continue;
    const goal =
      name === 'gzip-9' || name === 'gzip-6' ? ({ of: 'ratio', atMost: goals[name] } as const) : null;
    report({
      what: `${what}, ${name}`,
      unit: 's',
      ours: result.seconds,
      peer: { name: 'apptainer pull', value: peer.seconds },
      goal: isWarm ? null : goal,
    });
    report({
      what: `${what}, ${name}, size of the SIF`,
      unit: 'MB',
      ours: megabytes(result.sizeBytes),
      peer: { name: 'apptainer pull', value: megabytes(peer.sizeBytes) },
      goal: null,
    });
  }
  report({
    what: `${what}, bytes from the registry`,
    unit: 'MB',
    ours: megabytes(results['gzip-6']?.registryBytes ?? Number.NaN),
    peer: { name: 'apptainer pull', value: megabytes(peer.registryBytes) },
    goal: { of: 'ratio', atMost: 1.001 },
  });
}
