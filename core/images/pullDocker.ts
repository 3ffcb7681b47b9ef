import type { LayerLease } from '#core/cache/layerStore.ts';
import { folderName } from '#core/contract/hostPath.ts';
import type { RegistryReference } from '#core/contract/imageReference.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { RegistryClient } from '#core/registry/registryClient.ts';
import type { ResolvedImage } from '#core/registry/resolvedImage.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { conversionSource, withConvertedImage } from './conversion.ts';
import { finishPull, type RunningPull } from './finishPull.ts';
import { copyKnownImage } from './knownImage.ts';
import { createLayerProgress } from './layerProgress.ts';
import { conversionKey } from './ledger.ts';
import { usesLayerStore } from './pullRequest.ts';
import { makeSandbox, makeSandboxOfSif } from './pullSandbox.ts';
import { downloadSif } from './pullSif.ts';
import { prepareTarget, requireSpace } from './pullTarget.ts';

/** What a reference turned out to be. */
interface Found {
  readonly reference: RegistryReference;
  readonly client: RegistryClient;
  readonly resolved: ResolvedImage;
}

/**
 * `docker://` and `oras://`: asks what the reference names. Layers are fetched into the layer store and converted by
 * the runtime; an artifact that is a SIF is downloaded as it is, whichever of the two the person wrote.
 */
export async function pullFromRegistry(pull: RunningPull, reference: RegistryReference): Promise<TaskResult> {
  const { request, means, context } = pull;
  // A missing runtime is told now, not after the download.
  const runtime = reference.kind === 'docker' ? await means.runtime() : null;
  const overwrite = request.overwrite && request.form === 'sif'; // a folder is never replaced
  await prepareTarget(means.host, request.target, { overwrite });
  context.report({ phase: 'resolve', text: `Asking ${reference.registry}` });
  const client = means.openRegistry({
    registry: reference.registry,
    isHttpAllowed: request.isHttpAllowed,
    credentials: request.credentials,
    onNotice: (text) => context.log('note', text),
  });
  const resolved = await client.resolve(reference, request.architecture, context.signal);
  context.log('note', `${request.shown} is ${resolved.digest}`);
  if (resolved.kind === 'sif') return await pullArtifact(pull, { reference, client, resolved });
  if (runtime === null)
    throw workbenchError('registry.notASif', {
      reference: request.shown,
      mediaType: 'an ordinary container image',
    });
  return await pullLayers(pull, { reference, client, resolved }, runtime);
}

async function pullArtifact(pull: RunningPull, found: Found): Promise<TaskResult> {
  if (pull.request.form === 'sandbox')
    return await makeSandboxOfSif(pull, (inner) => pullArtifact(inner, found));
  const { reference, client, resolved } = found;
  const [layer] = resolved.layers;
  if (layer === undefined)
    throw workbenchError('registry.protocol', {
      registry: reference.registry,
      reason: 'an artifact without content',
    });
  return await downloadSif(pull, {
    open: (offset, signal) => client.openBlob(reference.repository, layer, { offset, signal }),
    identity: layer.digest,
    digest: layer.digest,
    sizeBytes: layer.sizeBytes,
    manifestDigest: resolved.manifest.digest,
  });
}

async function pullLayers(pull: RunningPull, found: Found, runtime: Runtime): Promise<TaskResult> {
  if (pull.request.form === 'sandbox') return await unpackLayers(pull, found, runtime);
  const { request, means } = pull;
  const key = conversionKey({
    source: conversionSource(request, found),
    manifestDigest: found.resolved.manifest.digest,
    architecture: request.architecture,
    compression: request.compression,
  });
  const known = await copyKnownImage(pull, key);
  if (known !== null) return known;
  // How well it will compress is not known: less than half of the layers would be a wonder.
  const layerBytes = found.resolved.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  await requireSpace(means.host, folderName(request.target), Math.floor(layerBytes / 2));
  if (!usesLayerStore(runtime)) return await convertOnce(pull, { ...found, key, layerPaths: null });
  const lease = await means.layers.openLease();
  try {
    const layers = await fetchLayers(pull, found, lease);
    const result = await convertOnce(pull, { ...found, key, layerPaths: layers.paths });
    return { ...result, facts: { ...result.facts, ...layers.facts } };
  } finally {
    await lease.dispose();
  }
}

async function unpackLayers(pull: RunningPull, found: Found, runtime: Runtime): Promise<TaskResult> {
  const { request, means } = pull;
  const layerBytes = found.resolved.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  await requireSpace(means.host, folderName(request.target), layerBytes);
  if (!usesLayerStore(runtime)) return await makeSandbox(pull, { ...found, layerPaths: null }, {});
  const lease = await means.layers.openLease();
  try {
    const layers = await fetchLayers(pull, found, lease);
    return await makeSandbox(pull, { ...found, layerPaths: layers.paths }, layers.facts);
  } finally {
    await lease.dispose();
  }
}

interface FetchedLayers {
  readonly paths: ReadonlyMap<string, string>;
  readonly facts: { readonly bytesDownloaded: number; readonly bytesReused: number };
}

async function fetchLayers(pull: RunningPull, found: Found, lease: LayerLease): Promise<FetchedLayers> {
  const { context } = pull;
  const { layers } = found.resolved;
  const progress = createLayerProgress(layers, (update) => context.report(update));
  const obtained = await lease.obtainAll(
    layers,
    (layer, offset, signal) => found.client.openBlob(found.reference.repository, layer, { offset, signal }),
    { signal: context.signal, onProgress: (update) => progress.update(update) },
  );
  const sizes = new Map(layers.map((layer) => [layer.digest, layer.sizeBytes]));
  let bytesDownloaded = 0;
  let bytesReused = 0;
  for (const [digest, { fetchedBytes }] of obtained) {
    bytesDownloaded += fetchedBytes;
    bytesReused += (sizes.get(digest) ?? 0) - fetchedBytes;
  }
  return {
    paths: new Map([...obtained].map(([digest, { path }]) => [digest, path])),
    facts: { bytesDownloaded, bytesReused: Math.max(0, bytesReused) },
  };
}

/** One conversion of a key at a time among all processes: who waited copies what the first one made. */
async function convertOnce(
  pull: RunningPull,
  work: Found & { readonly key: string; readonly layerPaths: ReadonlyMap<string, string> | null },
): Promise<TaskResult> {
  const { request, means, context } = pull;
  const held = await means.locks.acquire(work.key, {
    signal: context.signal,
    onWait: () =>
      context.report({
        phase: 'wait',
        text: 'Another pull is converting the same image; it will be copied.',
      }),
  });
  try {
    const shared = await copyKnownImage(pull, work.key); // made since we looked, whether or not we waited
    if (shared !== null) return shared;
    return await withConvertedImage(pull, work, (part) =>
      finishPull(pull, {
        part,
        sha256: null,
        key: work.key,
        manifestDigest: work.resolved.manifest.digest,
        compression: request.compression,
        facts: { converted: true },
      }),
    );
  } finally {
    await held.release();
  }
}
