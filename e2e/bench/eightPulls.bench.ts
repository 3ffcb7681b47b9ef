import { join } from 'node:path';
import type { TaskResult } from '#core/contract/tasks.ts';
import { createPerson } from '../fixtures/person.ts';
import { startRegistryProxy } from '../fixtures/registryProxy.ts';
import { testbed } from '../testbed/testbed.ts';
import { report } from './report.ts';

const processes = 8;
const bed = testbed();
const proxy = await startRegistryProxy(bed.registry);
const reference = `docker://${proxy.address}/${bed.realistic.repository}:1`;

/** Pulls once for each target, at the same time: seconds, bytes from the registry, conversions. */
async function pullAtOnce(count: number) {
  const person = await createPerson();
  try {
    proxy.forget();
    const startedAt = performance.now();
    const pulls = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        person.workbench(['pull', '--json', reference, join(person.home, `image-${index}.sif`)]),
      ),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const results = pulls.map(({ stdout, stderr }) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      if (!last.includes('"succeeded"')) throw new Error(`${last}\n${stderr}`);
      return JSON.parse(last) as TaskResult;
    });
    return {
      seconds,
      bytes: proxy.blobBytes(),
      conversions: results.filter(({ facts }) => facts['converted'] === true).length,
    };
  } finally {
    await person.dispose();
  }
}

const one = await pullAtOnce(1);
const eight = await pullAtOnce(processes);
await proxy.close();
const peerName = 'one pull';
report({
  what: 'bytes from the registry, eight processes',
  unit: 'MB',
  ours: eight.bytes / 1e6,
  peer: { name: peerName, value: one.bytes / 1e6 },
  // Each process asks for the image's configuration of some hundred bytes.
  goal: { of: 'ratio', atMost: 1.001 },
});
report({
  what: 'conversions, eight processes',
  unit: '',
  ours: eight.conversions,
  peer: { name: peerName, value: one.conversions },
  goal: { of: 'ours', atMost: 1, atLeast: 1 },
});
report({
  what: 'time, eight processes',
  unit: 's',
  ours: eight.seconds,
  peer: { name: peerName, value: one.seconds },
  goal: null,
});
