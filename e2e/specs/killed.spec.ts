import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { createPerson, type Person } from '../fixtures/person.ts';
import { startRegistryProxy } from '../fixtures/registryProxy.ts';
import { test } from '../fixtures/test.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
const moments = 5;
/** The larger layer of the tiny image is about this long. */
const layerBytes = 500_000;
/** A conversion of the tiny image takes about this long. */
const conversionMs = 600;

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

test('killed at any moment of the download, it leaves nothing partial and goes on later', async () => {
  test.slow();
  for (let count = 0; count < moments; count += 1) {
    const person = await createPerson();
    const proxy = await startRegistryProxy(bed.registry);
    try {
      const reference = `docker://${proxy.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
      const bytes = Math.floor(Math.random() * layerBytes);
      proxy.holdAfter(bytes);
      const pull = person.startWorkbench(['pull', reference]);
      await expect.poll(() => proxy.blobBytes()).toBeGreaterThanOrEqual(bytes);
      pull.process.kill('SIGKILL');
      expect((await pull.ended).signal).toBe('SIGKILL');
      proxy.release();
      await expectRecovery(person, reference, `killed after ${bytes} bytes`);
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
      const afterMs = Math.random() * conversionMs;
      // A random moment is what is wanted, not a condition.
      await wait(afterMs);
      pull.process.kill('SIGKILL');
      await pull.ended;
      await expectRecovery(person, reference, `killed ${afterMs.toFixed(0)} ms into the conversion`);
    } finally {
      await person.dispose();
    }
  }
});
