import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 3);
const bed = testbed();
const reference = `docker://${bed.registry}/${bed.realistic.repository}:1`;

/** Seconds until somebody who has nothing yet has the image as a folder. */
async function measure(isOurs: boolean): Promise<number> {
  const person = await createPerson();
  try {
    const target = join(person.home, 'sandbox');
    const startedAt = performance.now();
    const { status, stderr } = isOurs
      ? await person.workbench(['pull', '--sandbox', reference, target])
      : await runProgram('apptainer', ['build', '--sandbox', '--no-https', target, reference], {
          environment: person.environment,
        });
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await runProgram('chmod', ['-R', 'u+rwX', person.home], { environment: person.environment });
    await rm(person.home, { recursive: true, force: true });
    // What one run still has to write must not be paid by the next.
    await runProgram('sync', [], { environment: person.environment });
  }
}

const ours: number[] = [];
const peer: number[] = [];
for (let run = 0; run < runs; run += 1) {
  peer.push(await measure(false));
  ours.push(await measure(true));
}
report({
  what: 'straight to a sandbox, cold',
  unit: 's',
  ours: median(ours),
  peer: { name: 'apptainer build --sandbox', value: median(peer) },
  goal: { of: 'ratio', atMost: 1 },
});
