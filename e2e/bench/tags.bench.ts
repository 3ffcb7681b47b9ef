import { Agent, request } from 'node:http';
import { registryIdSchema } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { openClient } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson } from '../fixtures/person.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

const rounds = 30;
const coldRounds = 5;
const tagCount = 5000;
/** As many rows as a page shows, whose sizes and times are asked for. */
const rowsInView = 40;
const requestsAtOnce = 6;
const repository = 'many/tags';
const registryId = registryIdSchema.parse('spec');
const address = testbed().specRegistry;
const accept = 'application/vnd.oci.image.manifest.v1+json';

/** Milliseconds that a piece of work takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const agent = new Agent({ keepAlive: true });

/** A bare GET below `/v2/`. */
function get(path: string): Promise<{ readonly text: string; readonly link: string | null }> {
  return new Promise((resolve, reject) => {
    request(`http://${address}/v2/${path}`, { agent, headers: { accept } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          text: Buffer.concat(parts).toString('utf8'),
          link: /<([^>]+)>/.exec(String(response.headers['link'] ?? ''))?.[1]?.slice('/v2/'.length) ?? null,
        }),
      );
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

const firstPage = `${repository}/tags/list?n=1000`;

async function bareFirstRows(): Promise<void> {
  const { tags } = JSON.parse((await get(firstPage)).text) as { tags: string[] };
  if (tags.length === 0) throw new Error('the registry gave no tags');
}

async function bareAllRows(): Promise<void> {
  let count = 0;
  for (let path: string | null = firstPage; path !== null; ) {
    const { text, link } = await get(path);
    count += (JSON.parse(text) as { tags: string[] }).tags.length;
    path = link;
  }
  if (count !== tagCount) throw new Error(`${count} of ${tagCount} tags were listed`);
}

/** Manifest and configuration of each tag: where size, architecture and time are. */
async function bareFacts(tags: readonly string[]): Promise<void> {
  const queue = tags.values();
  const worker = async () => {
    for (const tag of queue) {
      const manifest = JSON.parse((await get(`${repository}/manifests/${tag}`)).text) as {
        config: { digest: string };
      };
      JSON.parse((await get(`${repository}/blobs/${manifest.config.digest}`)).text);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
}

async function firstRows(client: Client): Promise<readonly string[]> {
  for await (const event of await client.registries.tags({ registryId, repository })) {
    if (event.type === 'tags') return event.tags.map(({ name }) => name);
  }
  throw new Error('the core gave no tags');
}

async function allRows(client: Client): Promise<void> {
  let count = 0;
  for await (const event of await client.registries.tags({ registryId, repository })) {
    if (event.type === 'tags') count += event.tags.length;
  }
  if (count !== tagCount) throw new Error(`${count} of ${tagCount} tags were listed`);
}

async function facts(client: Client, names: readonly string[]): Promise<void> {
  const { tags } = await client.registries.tagFacts({ registryId, repository, tags: [...names] });
  if (tags.some(({ sizeBytes, updatedAt }) => sizeBytes === null || updatedAt === null))
    throw new Error('the core left facts out');
}

const person = await createPerson();
try {
  await person.hasSettings({
    registries: [
      {
        id: registryId,
        label: 'Specification',
        kind: 'oci',
        address,
        allowHttp: false,
        mirrors: [],
        apiUrl: null,
        s3: null,
      },
    ],
  });
  const cold: number[] = [];
  for (let round = 0; round < coldRounds; round += 1) {
    const host = await startHost(person);
    const { client, close } = await openClient(host);
    cold.push(await timed(() => firstRows(client)));
    close();
    await host.stop();
  }
  const host = await startHost(person);
  const { client, close } = await openClient(host);
  const names = (await firstRows(client)).slice(0, rowsInView);
  const ours = { first: [] as number[], all: [] as number[], facts: [] as number[] };
  const bare = { first: [] as number[], all: [] as number[], facts: [] as number[] };
  // In turns, so that a busy moment of the machine hits all alike.
  for (let round = 0; round < rounds; round += 1) {
    ours.first.push(await timed(() => firstRows(client)));
    bare.first.push(await timed(bareFirstRows));
    ours.all.push(await timed(() => allRows(client)));
    bare.all.push(await timed(bareAllRows));
    ours.facts.push(await timed(() => facts(client, names)));
    bare.facts.push(await timed(() => bareFacts(names)));
  }
  close();
  await host.stop();
  const peer = (values: readonly number[]) => ({ name: 'bare requests', value: median(values) });
  report({
    what: `${tagCount} tags, first rows`,
    unit: 'ms',
    ours: median(ours.first),
    peer: peer(bare.first),
    goal: { of: 'ratio', atMost: 2 },
  });
  report({
    what: `${tagCount} tags, all rows`,
    unit: 'ms',
    ours: median(ours.all),
    peer: peer(bare.all),
    goal: null,
  });
  report({
    what: `size and time of ${rowsInView} tags in view`,
    unit: 'ms',
    ours: median(ours.facts),
    peer: peer(bare.facts),
    goal: null,
  });
  report({
    what: `${tagCount} tags, first rows, first call of a core`,
    unit: 'ms',
    ours: median(cold),
    peer: peer(bare.first),
    goal: null,
  });
} finally {
  agent.destroy();
  await person.dispose();
}
