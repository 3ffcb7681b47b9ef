import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 5);
/**
 * What each of the five steps computes, in rounds of a checksum over 64 MB: about 9 s where nothing else runs, as a step that
 * compiles takes. Packing the tree of 270 MB, which is what a checkpoint costs, takes about 1 s there.
 */
const roundsOfStep = 90;
const bed = testbed();
const person = await createPerson();
const { environment, home } = person;
const base = join(home, 'base.sif');
const definition = join(home, 'steps.def');

/** Five equal steps with a checkpoint after each but the last; `change` goes into the last one. */
function definitionText(change: string): string {
  const steps = [1, 2, 3, 4, 5].map(
    (step) =>
      `    mkdir -p /opt/step${step}\n    head -c 4000000 /dev/urandom >/opt/step${step}/data\n    head -c 64000000 /dev/zero >/tmp/$$\n    for round in $(seq ${roundsOfStep}); do sha512sum /tmp/$$ >/dev/null; done\n    rm /tmp/$$\n`,
  );
  const last = `    echo "${change}" >/opt/change\n`;
  const marked = steps.map((step, index) =>
    index < 4 ? `${step}    # checkpoint: step ${index + 1}\n` : `${last}${step}`,
  );
  return `Bootstrap: localimage\nFrom: ${base}\n\n%post\n${marked.join('')}`;
}

/** Seconds from the words of a person to the image. */
async function measure(checkpoints: 'use' | 'anew' | 'off', change: string): Promise<number> {
  await writeFile(definition, definitionText(change));
  const target = join(home, 'made.sif');
  const startedAt = performance.now();
  const { status, stderr } = await person.workbench([
    'build',
    '--checkpoints',
    checkpoints,
    target,
    definition,
  ]);
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - startedAt) / 1000;
  await rm(target);
  // What one run still has to write must not be paid by the next.
  await runProgram('sync', [], { environment });
  return seconds;
}

try {
  const reference = `docker://${bed.registry}/${bed.realistic.repository}:1`;
  const pulled = await runProgram('apptainer', ['pull', '--no-https', base, reference], { environment });
  if (pulled.status !== 0) throw new Error(pulled.stderr);
  const without: number[] = [];
  const first: number[] = [];
  const late: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    without.push(await measure('off', `off ${run}`));
    first.push(await measure('anew', `anew ${run}`));
    late.push(await measure('use', `late ${run}`));
  }
  const peer = { name: 'without checkpoints', value: median(without) };
  report({
    what: 'first build with four checkpoints',
    unit: 's',
    ours: median(first),
    peer,
    goal: { of: 'ratio', atMost: 1.3 },
  });
  report({
    what: 'edit in the last of five equal steps',
    unit: 's',
    ours: median(late),
    peer,
    goal: { of: 'ratio', atMost: 0.3 },
  });
} finally {
  await rm(home, { recursive: true, force: true });
}
