import { createHash, randomBytes, randomInt } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { startRegistryProxy } from '../fixtures/registryProxy.ts';
import { test } from '../fixtures/test.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
const moments = 5;
/** Of each phase of what has several. */
const momentsOfPhase = 3;
/** In every message: with it in MYSINGULARITY_SEED the same moments come again. */
const seed = Number(process.env['MYSINGULARITY_SEED'] ?? randomInt(2 ** 31));
/** The larger layer of the tiny image is about this long. */
const layerBytes = 500_000;
/** A conversion of the tiny image takes about this long. */
const conversionMs = 600;

/** At random from 0 to 1, and the same for the same seed and words. */
function chance(...words: readonly (string | number)[]): number {
  const hash = createHash('sha256').update([seed, ...words].join(' '));
  return hash.digest().readUInt32BE() / 2 ** 32;
}

/** After a kill: nothing under the final name, and the next pull makes it whole and tidies up. */
async function expectRecovery(person: Person, reference: string, moment: string): Promise<void> {
  const before = await readdir(person.images).catch((): string[] => []);
  if (before.includes('tiny_v1.sif')) await expectWhole(person, moment);
  const again = await person.workbench(['pull', '--force', reference]);
  expect(again.status, `${moment}\n${again.stderr}`).toBe(0);
  await expectWhole(person, moment);
  expect(await readdir(person.images), moment).toEqual(['tiny_v1.sif']);
  expect(await readdir(join(person.home, '.local/state/mysingularity/images/work')), moment).toEqual([]);
  const layers = join(person.home, '.cache/mysingularity/layers/sha256');
  for (const name of await readdir(layers)) {
    const digest = createHash('sha256').update(await readFile(join(layers, name)));
    expect(digest.digest('hex'), moment).toBe(name);
  }
  await expect.poll(() => processesOf(person), { message: moment }).toEqual([]);
}

async function expectWhole(person: Person, moment: string): Promise<void> {
  const hello = await person.workbench(['exec', 'tiny_v1.sif', '/opt/app/bin/hello', 'again']);
  expect(hello, moment).toMatchObject({ status: 0, stdout: expect.stringContaining('again') });
}

/** Command lines of processes that work in the person's home folder. */
async function processesOf(person: Person): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end between the listing and the reading.
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(person.home)).map((line) => line.replaceAll('\0', ' '));
}

// Each has its own person.
test.describe.configure({ mode: 'parallel' });

test('killed at any moment of the download, it leaves nothing partial and goes on later', async () => {
  test.slow();
  for (let count = 0; count < moments; count += 1) {
    const person = await createPerson();
    const proxy = await startRegistryProxy(bed.registry);
    try {
      const reference = `docker://${proxy.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
      const bytes = Math.floor(chance('download', count) * layerBytes);
      proxy.holdAfter(bytes);
      const pull = person.startWorkbench(['pull', reference]);
      await expect.poll(() => proxy.blobBytes()).toBeGreaterThanOrEqual(bytes);
      pull.process.kill('SIGKILL');
      expect((await pull.ended).signal).toBe('SIGKILL');
      proxy.release();
      await expectRecovery(person, reference, `killed after ${bytes} bytes (seed ${seed})`);
    } finally {
      await proxy.close();
      await person.dispose();
    }
  }
});

test('killed at any moment of the conversion, it leaves nothing partial and nothing running', async () => {
  test.slow();
  const reference = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
  for (let count = 0; count < moments; count += 1) {
    const person = await createPerson();
    try {
      const pull = person.startWorkbench(['pull', '--json', reference]);
      await pull.waitFor((output) => output.includes('"phase":"convert"'));
      const afterMs = chance('conversion', count) * conversionMs;
      // A random moment is what is wanted, not a condition.
      await wait(afterMs);
      pull.process.kill('SIGKILL');
      await pull.ended;
      await expectRecovery(
        person,
        reference,
        `killed ${afterMs.toFixed(0)} ms into the conversion (seed ${seed})`,
      );
    } finally {
      await person.dispose();
    }
  }
});

/** Nothing but `names` in the image folder, and nothing of any task in the places where work is done. */
async function expectTidy(person: Person, names: readonly string[], moment: string): Promise<void> {
  const state = join(person.home, '.local/state/mysingularity');
  await expect.poll(() => processesOf(person), { message: moment }).toEqual([]);
  expect(await readdir(person.images), moment).toEqual(names);
  for (const folder of ['images/work', 'uploads', 'publishing/uploads']) {
    const names = await readdir(join(state, folder)).catch(() => []);
    // A record that was killed before its first byte says nothing of its owner, and is kept for a minute: nothing of its
    // task was made.
    const told = names.filter((name) => !/^\..*\.json\.[0-9a-f]+\.part$/.test(name));
    expect(told, `${folder}: ${moment}`).toEqual([]);
  }
  const tasks = await readdir(join(state, 'tasks'));
  expect(tasks.length, moment).toBeGreaterThan(1);
  for (const folder of ['/dev/shm', tmpdir()]) {
    const left = (await readdir(folder)).filter((name) => tasks.some((id) => name.includes(id)));
    expect(left, `${folder}: ${moment}`).toEqual([]);
  }
}

/** Each kind of work that makes an image, with its phases and about how long each is. */
const works = [
  {
    name: 'a pull to a sandbox',
    phases: [
      ['download', 100],
      ['unpack', 600],
    ],
    command: () => ['pull', '--sandbox', `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`],
    made: 'box',
  },
  {
    name: 'an import of a tarball',
    phases: [
      ['verify', 50],
      ['unpack', 100],
      ['convert', 600],
    ],
    command: (sources: string) => ['import', join(sources, 'root.tar.xz')],
    made: 'made.sif',
  },
  {
    name: 'an import of a docker archive to a sandbox',
    phases: [
      ['verify', 50],
      ['convert', 500],
    ],
    command: (sources: string) => ['import', '--sandbox', join(sources, 'docker.tar')],
    made: 'box',
  },
] as const;

test.describe('killed at any moment', () => {
  let sources: string;
  test.beforeAll(async () => {
    sources = await mkdtemp(join(tmpdir(), 'killed-'));
    const image = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    const made = await runProgram(
      'sh',
      [
        '-ec',
        `skopeo --insecure-policy copy -q --src-tls-verify=false "$1" docker-archive:docker.tar:demo/tiny:v1
         cp -a "$2" tree; chmod -R u+rwX tree; tar -cJf root.tar.xz -C tree .`,
        'sh',
        image,
        bed.tiny.rootfs,
      ],
      { folder: sources, environment: { PATH: process.env['PATH'] ?? '', HOME: sources } },
    );
    expect(made, made.stderr).toMatchObject({ status: 0 });
  });
  test.afterAll(() => rm(sources, { recursive: true, force: true }));

  for (const { name, phases, command, made } of works)
    test(`${name} leaves nothing that the next start does not remove`, async () => {
      test.slow();
      for (const [phase, lengthMs] of phases)
        await atMoments(async (count) => {
          const afterMs = chance(name, phase, count) * lengthMs;
          const moment = `${name}, killed ${afterMs.toFixed(0)} ms into ${phase} (seed ${seed})`;
          const person = await createPerson();
          try {
            const target = join(person.images, made);
            const [verb = '', ...rest] = command(sources);
            const work = person.startWorkbench([verb, '--json', ...rest, target]);
            await work.waitFor((output) => output.includes(`"phase":"${phase}"`));
            // A random moment is what is wanted, not a condition.
            await wait(afterMs);
            work.process.kill('SIGKILL');
            await work.ended;
            if ((await readdir(person.images)).includes(made)) {
              await expectRuns(person, target, moment);
              await rm(target, { recursive: true });
            }
            const again = await person.workbench([verb, ...rest, target]);
            expect(again, `${moment}\n${again.stderr}`).toMatchObject({ status: 0, stdout: `${target}\n` });
            if (count === 0) await expectRuns(person, target, moment);
            await expectTidy(person, [made], moment);
          } finally {
            await person.dispose();
          }
        });
    });

  test('a push leaves the tag free or whole, and the next one brings it', async () => {
    test.slow();
    const repository = `killed/${randomBytes(6).toString('hex')}`;
    const sizeBytes = 8_000_000;
    for (const phase of ['verify', 'send', 'finish'])
      await atMoments(async (count) => {
        const bytes = Math.floor(chance('push', phase, count) * sizeBytes);
        const moment = `killed in ${phase} after ${bytes} bytes (seed ${seed})`;
        const person = await createPerson();
        const proxy = await startRegistryProxy(bed.registry);
        const tag = `${phase}-${count}`;
        try {
          const image = await person.hasImage(bed.tiny.sif, 'tiny.sif');
          await appendFile(image, randomBytes(sizeBytes));
          const push = ['push', image, `oras://${proxy.address}/${repository}:${tag}`];
          const held = phase === 'send' ? proxy.holdUploadsAfter(bytes) : null;
          const work = person.startWorkbench([...push, '--json']);
          if (held === null) await work.waitFor((output) => output.includes(`"phase":"${phase}"`));
          else await held;
          work.process.kill('SIGKILL');
          await work.ended;
          const before = (await askTag(tag)).status;
          expect(phase === 'finish' ? [200, 404] : [404], moment).toContain(before);
          void proxy.holdUploadsAfter(Number.POSITIVE_INFINITY);
          const again = await person.workbench(push);
          expect(again, `${moment}\n${again.stderr}`).toMatchObject({ status: 0 });
          const manifest = (await (await askTag(tag)).json()) as { layers: { digest: string }[] };
          const digest = createHash('sha256')
            .update(await readFile(image))
            .digest('hex');
          expect(manifest.layers, moment).toMatchObject([{ digest: `sha256:${digest}` }]);
          await expectTidy(person, ['tiny.sif'], moment);
        } finally {
          await removeTag(tag);
          await proxy.close();
          await person.dispose();
        }
      });

    function askTag(tagOrDigest: string, method = 'GET'): Promise<Response> {
      const url = `http://${bed.registry}/v2/${repository}/manifests/${tagOrDigest}`;
      return fetch(url, { method, headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } });
    }

    async function removeTag(tag: string): Promise<void> {
      const digest = (await askTag(tag, 'HEAD')).headers.get('docker-content-digest');
      if (digest !== null) await askTag(digest, 'DELETE');
    }
  });
});

/** All moments of a phase at once, each with a person of its own. */
async function atMoments(kill: (count: number) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(Array.from({ length: momentsOfPhase }, (_, count) => kill(count)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function expectRuns(person: Person, image: string, moment: string): Promise<void> {
  const hello = await person.workbench(['exec', image, '/opt/app/bin/hello', 'again']);
  expect(hello, moment).toMatchObject({ status: 0, stdout: expect.stringContaining('again') });
}
