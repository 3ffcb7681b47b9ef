import { parseImageReference } from '#core/contract/imageReference.ts';
import { createRegistryClient } from '#core/registry/createRegistryClient.ts';
import { createLayerStore } from '../createLayerStore.ts';

/** What a test's child process is told to do, as JSON in its first argument. */
export interface PullerInput {
  readonly folder: string;
  readonly reference: string;
}

/** Its last line. Before that it writes one line of `{ doneBytes }` for each piece that it fetched itself. */
export interface PullerResult {
  readonly fetchedBytes: number;
  readonly origins: readonly string[];
  readonly paths: readonly string[];
}

const input: PullerInput = JSON.parse(process.argv[2] ?? '');
const parsed = parseImageReference(input.reference);
if (!parsed.ok || !('registry' in parsed.reference)) throw new TypeError(input.reference);
const { reference } = parsed;
const { signal } = new AbortController();
const client = createRegistryClient({
  registry: reference.registry,
  isHttpAllowed: false,
  credentials: null,
});
const resolved = await client.resolve(reference, 'amd64', signal);
const store = createLayerStore({ folder: input.folder, capBytes: () => 1e12 });
const lease = await store.openLease();
const obtained = await lease.obtainAll(
  resolved.layers,
  (layer, offset, stop) => client.openBlob(reference.repository, layer, { offset, signal: stop }),
  {
    signal,
    onProgress: ({ state, doneBytes }) => {
      if (state === 'running') process.stdout.write(`${JSON.stringify({ doneBytes })}\n`);
    },
  },
);
await lease.dispose();
const layers = [...obtained.values()];
const result: PullerResult = {
  fetchedBytes: layers.reduce((sum, layer) => sum + layer.fetchedBytes, 0),
  origins: layers.map(({ origin }) => origin),
  paths: layers.map(({ path }) => path),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
