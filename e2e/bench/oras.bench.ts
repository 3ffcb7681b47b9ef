import { createCipheriv, randomBytes } from 'node:crypto';
import { appendFile, copyFile, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Of each case; fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 3);
const bed = testbed();
const megabyte = 1_000_000;
const imageMegabytes = 400;
/** Of the disk, while a pull runs. */
const sampleMs = 20;

/** The same bytes in every run, so that the registry keeps them once; nothing can compress them. */
async function makeImage(file: string): Promise<void> {
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  await copyFile(bed.tiny.sif, file);
  for (let done = 0; done < imageMegabytes; done += 20)
    await appendFile(file, stream.update(Buffer.alloc(20 * megabyte)));
}

async function succeed(ended: ReturnType<typeof runProgram>): Promise<void> {
  const { status, stderr } = await ended;
  if (status !== 0) throw new Error(stderr);
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

/** A pull and a push, by us or by the runtime. */
interface Client {
  readonly push: (person: Person, file: string, reference: string) => Promise<void>;
  readonly pull: (person: Person, reference: string, target: string) => Promise<void>;
}

/** What a program puts into its temporary folder is this person's, too. */
const environmentOf = (person: Person) => ({ ...person.environment, TMPDIR: join(person.home, 'tmp') });
const runtime = (person: Person, ...words: readonly string[]) =>
  succeed(runProgram('apptainer', words, { environment: environmentOf(person) }));
const workbench = (person: Person, ...words: readonly string[]) =>
  succeed(person.startWorkbench(words, environmentOf(person)).ended);

const clients = {
  apptainer: {
    push: (person, file, reference) => runtime(person, 'push', file, reference),
    pull: (person, reference, target) => runtime(person, 'pull', target, reference),
  },
  ours: {
    push: (person, file, reference) => workbench(person, 'push', file, reference),
    pull: (person, reference, target) => workbench(person, 'pull', reference, target),
  },
} as const satisfies Readonly<Record<string, Client>>;
type ClientName = keyof typeof clients;
const names: readonly ClientName[] = ['apptainer', 'ours'];

/** Somebody who has nothing yet: no cache, no memory of what was pushed. */
async function withPerson<Result>(work: (person: Person) => Promise<Result>): Promise<Result> {
  const person = await createPerson();
  try {
    await mkdir(join(person.home, 'tmp'));
    return await work(person);
  } finally {
    await person.dispose();
  }
}

/** Bytes on the disk below a folder; what vanishes meanwhile counts as nothing. */
async function usedBytes(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => null);
  if (facts === null) return 0;
  if (!facts.isDirectory()) return facts.blocks * 512;
  const entries = await readdir(path).catch(() => []);
  const sizes = await Promise.all(entries.map((name) => usedBytes(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The most that lay below a folder at once while something ran. */
async function peakBytes(folder: string, work: Promise<unknown>): Promise<number> {
  let isRunning = true;
  const ended = work.finally(() => {
    isRunning = false;
  });
  let peak = 0;
  while (isRunning) {
    peak = Math.max(peak, await usedBytes(folder));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, sampleMs))]);
  }
  await ended;
  return Math.max(peak, await usedBytes(folder));
}

const pushed: string[] = [];
/** A repository that has nothing yet, so that everything is sent. */
function newReference(): string {
  const repository = `bench-${randomBytes(6).toString('hex')}/sif`;
  pushed.push(repository);
  return `oras://${bed.registry}/${repository}:v1`;
}

async function forget(repository: string): Promise<void> {
  const manifests = `http://${bed.registry}/v2/${repository}/manifests`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const { headers } = await fetch(`${manifests}/v1`, { method: 'HEAD', headers: { accept } });
  const digest = headers.get('docker-content-digest');
  if (digest !== null) await fetch(`${manifests}/${digest}`, { method: 'DELETE' });
}

const maker = await createPerson();
try {
  const image = join(maker.home, 'image.sif');
  await makeImage(image);
  const source = newReference();
  await clients.apptainer.push(maker, image, source);
  const push: Record<ClientName, number[]> = { apptainer: [], ours: [] };
  const pull: Record<ClientName, number[]> = { apptainer: [], ours: [] };
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      const reference = newReference();
      push[name].push(
        await withPerson((person) => seconds(() => clients[name].push(person, image, reference))),
      );
    }
    for (const name of names)
      pull[name].push(
        await withPerson((person) =>
          seconds(() => clients[name].pull(person, source, join(person.home, 'pulled.sif'))),
        ),
      );
  }
  const peak: Partial<Record<ClientName, number>> = {};
  for (const name of names)
    peak[name] = await withPerson((person) =>
      peakBytes(person.home, clients[name].pull(person, source, join(person.home, 'pulled.sif'))),
    );
  report({
    what: `push of ${imageMegabytes} MB by ORAS, the whole command`,
    unit: 's',
    ours: median(push.ours),
    peer: { name: 'apptainer push', value: median(push.apptainer) },
    goal: { of: 'ratio', atMost: 1 },
  });
  report({
    what: `pull of ${imageMegabytes} MB by ORAS, the whole command`,
    unit: 's',
    ours: median(pull.ours),
    peer: { name: 'apptainer pull', value: median(pull.apptainer) },
    goal: { of: 'ratio', atMost: 1 },
  });
  const { size } = await lstat(image);
  report({
    what: 'the same pull, the most on the disk at once (file, cache and temporary files)',
    unit: '× the image',
    ours: (peak.ours ?? Number.NaN) / size,
    peer: { name: 'apptainer pull', value: (peak.apptainer ?? Number.NaN) / size },
    goal: { of: 'ours', atMost: 1.01 },
  });
} finally {
  for (const repository of pushed) await forget(repository);
  await rm(maker.home, { recursive: true, force: true });
}
