import { randomBytes } from 'node:crypto';
import { appendFile, copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Of each case; fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 3);
const bed = testbed();
/** An account whose startup files print nothing: bare rsync fails on one that does. */
const host = 'cluster-bob';
const megabyte = 1_000_000;

/** A SIF of 400 MB that nothing can compress, and the same after a rebuild: a piece is another, the rest is shifted. */
async function makeImages(person: Person): Promise<{ readonly first: string; readonly rebuilt: string }> {
  const first = join(person.home, 'first.sif');
  const rebuilt = join(person.home, 'rebuilt.sif');
  const content = Array.from({ length: 20 }, () => randomBytes(20 * megabyte));
  await copyFile(bed.tiny.sif, first);
  await copyFile(bed.tiny.sif, rebuilt);
  for (const [index, piece] of content.entries()) {
    await appendFile(first, piece);
    if (index === 3) await appendFile(rebuilt, randomBytes(300_000));
    await appendFile(rebuilt, piece);
  }
  const file = await open(rebuilt, 'r+');
  await file.write(randomBytes(4096), 0, 4096, 50 * megabyte);
  await file.close();
  return { first, rebuilt };
}

async function succeed(ended: ReturnType<typeof runProgram>): Promise<string> {
  const { status, stdout, stderr } = await ended;
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

const person = await createPerson();
const { environment } = person;
const bare = (program: string, ...args: readonly string[]) =>
  succeed(runProgram(program, args, { environment }));
const there = async (command: string) => await bare('ssh', '-q', '-F', bed.ssh.config, host, command);
const folder = (await there('mktemp -d')).trim();

/** One push; the seconds are those of the whole command and, of them, those from its first progress to its end. */
async function push(image: string, name: string): Promise<{ whole: number; moving: number; sent: number }> {
  const startedAt = performance.now();
  let movingAt = 0;
  const program = person.startWorkbench([
    'push',
    '--json',
    '--overwrite',
    image,
    `${host}:${folder}/${name}`,
  ]);
  program.process.stdout?.once('data', () => {
    movingAt = performance.now();
  });
  const stdout = await succeed(program.ended);
  const endedAt = performance.now();
  const last: { facts: { bytesSent: number } } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return {
    whole: (endedAt - startedAt) / 1000,
    moving: (endedAt - movingAt) / 1000,
    sent: last.facts.bytesSent,
  };
}

try {
  const images = await makeImages(person);
  const socket = join(person.home, 'cm');
  const master = ['-F', bed.ssh.config, '-o', `ControlPath=${socket}`];
  await bare('ssh', '-q', ...master, '-o', 'ControlMaster=yes', '-o', 'ControlPersist=600', '-f', '-N', host);
  const scp: number[] = [];
  const shared: number[] = [];
  const whole: number[] = [];
  const moving: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    scp.push(
      await seconds(() => bare('scp', '-q', '-F', bed.ssh.config, images.first, `${host}:${folder}/scp.sif`)),
    );
    shared.push(
      await seconds(() => bare('scp', '-q', ...master, images.first, `${host}:${folder}/shared.sif`)),
    );
    const ours = await push(images.first, `new${run}.sif`);
    whole.push(ours.whole);
    moving.push(ours.moving);
    await there(`rm -f ${folder}/scp.sif ${folder}/shared.sif`);
    if (run > 0) await there(`rm -f ${folder}/new${run}.sif`);
  }
  report({
    what: 'new 400 MB image, the whole command',
    unit: 's',
    ours: median(whole),
    peer: { name: 'scp', value: median(scp) },
    goal: { of: 'ratio', atMost: 1.05 },
  });
  report({
    what: 'new 400 MB image, over an open connection, proved and on the disk',
    unit: 's',
    ours: median(moving),
    peer: { name: 'scp over a master', value: median(shared) },
    goal: { of: 'ratio', atMost: 1.05 },
  });
  await bare('scp', '-q', ...master, images.first, `${host}:${folder}/rsync.sif`);
  const rsync = ['-t', '-I', '--stats', '--no-human-readable', '-e', `ssh -q -F ${bed.ssh.config}`];
  let stats = '';
  const rsyncSeconds = await seconds(async () => {
    stats = await bare('rsync', ...rsync, images.rebuilt, `${host}:${folder}/rsync.sif`);
  });
  const delta = await push(images.rebuilt, 'new0.sif');
  report({
    what: 'rebuilt 400 MB image onto its own name, bytes sent',
    unit: 'MB',
    ours: delta.sent / megabyte,
    peer: { name: 'rsync', value: Number(/Total bytes sent: (\d+)/.exec(stats)?.[1]) / megabyte },
    goal: { of: 'ratio', atMost: 1.1 },
  });
  report({
    what: 'rebuilt 400 MB image onto its own name, the whole command',
    unit: 's',
    ours: delta.whole,
    peer: { name: 'rsync', value: rsyncSeconds },
    goal: null,
  });
  await bare('ssh', '-q', ...master, '-O', 'exit', host);
} finally {
  await there(`rm -rf ${folder}`);
  await person.dispose();
}
