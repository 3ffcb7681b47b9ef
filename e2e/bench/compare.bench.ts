import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { median, report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 3);
/** Packed; unpacked it is about twice that. */
const imageBytes = 400_000_000;

async function program(person: Person, file: string, args: readonly string[], expected = 0): Promise<void> {
  const { status, stderr } = await runProgram(file, [...args], { environment: person.environment });
  if (status !== expected) throw new Error(`${file} ended with ${status}: ${stderr}`);
}

/**
 * A tree that packs to 400 MB: files of all sizes, half of each random, as programs and libraries are. Then the same with
 * one file of each hundred changed and one new, in the same packing and in another.
 */
async function makeImages(person: Person): Promise<void> {
  const tree = join(person.home, 'tree');
  await mkdir(tree);
  const script = `
    import os, random, sys
    tree, want = sys.argv[1], int(sys.argv[2])
    chance, made, number = random.Random(5), 0, 0
    while made < want:
        size = min(int(chance.paretovariate(0.7) * 700), 40_000_000)
        folder = os.path.join(tree, str(number // 200))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'file-%d' % number), 'wb') as file:
            file.write(chance.randbytes(size))
            file.write(b'the same words again and again\\n' * (size // 31))
        made += size
        number += 1
  `.replaceAll(/^ {4}/gm, '');
  await program(person, 'python3', ['-c', script, tree, String(imageBytes)]);
  const pack = (image: string, ...options: readonly string[]) =>
    program(person, 'mksquashfs', [
      tree,
      join(person.home, image),
      '-quiet',
      '-no-progress',
      '-no-xattrs',
      '-Xcompression-level',
      ...options,
    ]);
  await pack('first.sqfs', '6');
  await program(person, 'sh', [
    '-c',
    'find "$1" -type f -name "*00" -exec sh -c "echo changed >>{}" \\; && echo new >"$1/new"',
    'sh',
    tree,
  ]);
  await pack('rebuilt.sqfs', '6');
  await pack('repacked.sqfs', '3', '-b', '1M', '-comp', 'zstd');
}

/** Seconds. */
async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function unsquashBoth(person: Person, images: readonly string[]): Promise<number> {
  const folder = join(person.home, 'unpacked');
  await mkdir(folder);
  try {
    return await timed(async () => {
      for (const image of images)
        await program(person, 'unsquashfs', [
          '-q',
          '-n',
          '-d',
          join(folder, image),
          join(person.home, image),
        ]);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    // What one run still has to write must not be paid by the next.
    await runProgram('sync', [], { environment: person.environment });
  }
}

const person = await createPerson();
try {
  await makeImages(person);
  for (const [what, right] of [
    ['compare two builds of 400 MB', 'rebuilt.sqfs'],
    ['compare two packings of 400 MB', 'repacked.sqfs'],
  ] as const) {
    const ours: number[] = [];
    const peer: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      peer.push(await unsquashBoth(person, ['first.sqfs', right]));
      ours.push(
        await timed(async () => {
          const words = ['first.sqfs', right].map((image) => join(person.home, image));
          const { status, stderr } = await person.workbench(['compare', ...words]);
          if (status !== 1) throw new Error(stderr);
        }),
      );
    }
    report({
      what,
      unit: 's',
      ours: median(ours),
      peer: { name: 'unsquashfs of both', value: median(peer) },
      goal: { of: 'ratio', atMost: 2 },
    });
  }
} finally {
  await rm(person.home, { recursive: true, force: true });
}
