import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { openClient } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

const imageCount = 1000;
const ownRuns = 7;

/** Seconds from the call until the last of the library's rows has come. */
async function readLibrary(client: Client): Promise<number> {
  const startedAt = performance.now();
  let rows = 0;
  for await (const event of await client.images.watch({ hostId: localHostId })) {
    if (event.type === 'upsert') rows += event.images.length;
    if (event.type === 'ready') break;
  }
  if (rows !== imageCount) throw new Error(`${rows} of ${imageCount} images were listed`);
  return (performance.now() - startedAt) / 1000;
}

/** Seconds of a shell loop over the same files. Each inspection reads labels, as a table of images must. */
async function inspectAll(folder: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const loop = 'for image in "$1"/*.sif; do apptainer inspect --json "$image" >/dev/null || exit 1; done';
  const startedAt = performance.now();
  const ended = await runProgram('/bin/sh', ['-c', loop, 'loop', folder], { environment });
  if (ended.status !== 0) throw new Error(ended.stderr);
  return (performance.now() - startedAt) / 1000;
}

const person = await createPerson();
try {
  await mkdir(person.images, { recursive: true });
  for (let index = 0; index < imageCount; index += 1) {
    await copyFile(testbed().tiny.sif, join(person.images, `image-${String(index).padStart(4, '0')}.sif`));
  }
  // The first call of a core reads every file; later ones also show what it costs when it knows them.
  const first: number[] = [];
  const later: number[] = [];
  for (let run = 0; run < ownRuns; run += 1) {
    const host = await startHost(person);
    const { client, close } = await openClient(host);
    first.push(await readLibrary(client));
    later.push(await readLibrary(client));
    close();
    await host.stop();
  }
  const loop = await inspectAll(person.images, person.environment);
  const peer = { name: 'loop of apptainer inspect', value: loop };
  report({
    what: `${imageCount} images, first call of a core`,
    unit: 's',
    ours: median(first),
    peer,
    goal: { of: 'ratio', atMost: 0.01 },
  });
  report({
    what: `${imageCount} images, later calls`,
    unit: 's',
    ours: median(later),
    peer,
    goal: { of: 'ratio', atMost: 0.01 },
  });
} finally {
  await person.dispose();
}
