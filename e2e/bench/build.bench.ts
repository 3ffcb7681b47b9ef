import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 5);
const bed = testbed();
const person = await createPerson();
const { environment, home } = person;
const base = join(home, 'base.sif');
const definition = join(home, 'tool.def');

/** Seconds from the words of a person to the image. */
async function measure(build: (target: string) => ReturnType<typeof runProgram>): Promise<number> {
  const target = join(home, 'made.sif');
  const startedAt = performance.now();
  const { status, stderr } = await build(target);
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - startedAt) / 1000;
  await rm(target);
  // What one run still has to write must not be paid by the next.
  await runProgram('sync', [], { environment });
  return seconds;
}

const plain = () =>
  measure((target) => runProgram('apptainer', ['build', target, definition], { environment }));
const own = (...options: readonly string[]) =>
  measure((target) => person.workbench(['build', ...options, target, definition]));

try {
  const reference = `docker://${bed.registry}/${bed.realistic.repository}:1`;
  const pulled = await runProgram('apptainer', ['pull', '--no-https', base, reference], { environment });
  if (pulled.status !== 0) throw new Error(pulled.stderr);
  await writeFile(
    definition,
    `Bootstrap: localimage\nFrom: ${base}\n\n%post\n    mkdir -p /opt/tool\n    head -c 20000000 /dev/urandom >/opt/tool/data\n`,
  );
  const peer: number[] = [];
  const ours: number[] = [];
  const same: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    peer.push(await plain());
    ours.push(await own());
    same.push(await own('--compression', 'gzip-9'));
  }
  const value = median(peer);
  report({
    what: 'build on a local base, gzip 6 (ours by default)',
    unit: 's',
    ours: median(ours),
    peer: { name: 'apptainer build', value },
    goal: { of: 'ratio', atMost: 0.9 },
  });
  report({
    what: 'the same, gzip 9',
    unit: 's',
    ours: median(same),
    peer: { name: 'apptainer build', value },
    goal: { of: 'ratio', atMost: 1.05 },
  });
} finally {
  await rm(home, { recursive: true, force: true });
}
