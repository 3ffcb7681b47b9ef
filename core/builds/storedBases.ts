import type { LayerLease } from '#core/cache/layerStore.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import { createLayerProgress } from '#core/images/layerProgress.ts';
import type { LoopbackMirror } from '#core/registry/loopbackMirror.ts';
import { startLoopbackMirror } from '#core/registry/startLoopbackMirror.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest, Definition } from './buildRequest.ts';
import { isLocalAgent } from './neededFiles.ts';

/** Bases that the runtime gets from this machine, until disposed. */
export interface StoredBases {
  /** HOME of the runtime: its registries.conf leads to us. */
  readonly home: HostPath;
  /** What each of them is, by its reference as it is typed. */
  readonly digests: ReadonlyMap<string, string>;
  dispose(): Promise<void>;
}

const otherHeaders = /^\s*(?:registry|namespace)\s*:/im;

/**
 * Whether our own store can give the bases: each is an image of this machine or comes from a registry, one image of each
 * registry (a registry's mirror is the only one that is asked, and ours knows one image), by nothing but `From:`.
 */
export function canStoreBases({
  definition,
  runtime,
}: Pick<BuildRequest, 'definition' | 'runtime'>): boolean {
  if (!runtime.dialect.features.honoursRegistryMirrors) return false;
  if (otherHeaders.test(definition.text)) return false;
  const { bases } = definition.outline;
  const references = referencesOf(definition);
  const registries = new Set(references.map(({ registry }) => registry));
  const isKnown = bases.every(({ agent }) => agent === 'docker' || isLocalAgent(agent));
  const count = new Set(bases.filter(({ agent }) => agent === 'docker').map(({ from }) => from)).size;
  return isKnown && references.length > 0 && references.length === count && registries.size === count;
}

/** Whether each base of a registry is named by nothing but `From:`, so that its digest can stand there. */
export function canNameDigests(definition: Definition): boolean {
  if (otherHeaders.test(definition.text)) return false;
  const { bases } = definition.outline;
  const names = new Set(bases.filter(({ agent }) => agent === 'docker').map(({ from }) => from));
  return referencesOf(definition).length === names.size;
}

/**
 * A definition that takes its bases by digest: each is the image that was found when it was asked for. `text` is that of the
 * definition, with the same lines.
 */
export function withDigests(
  text: string,
  { outline }: Definition,
  digests: ReadonlyMap<string, string>,
): string {
  const lines = text.split('\n');
  for (const { agent, from, line } of outline.bases) {
    const digest = agent === 'docker' ? digests.get(from) : undefined;
    // The runtime takes a tag or a digest, not both.
    if (digest !== undefined && !from.includes('@'))
      lines[line - 1] = `From: ${from.replace(/:[^/:]*$/, '')}@${digest}`;
  }
  return lines.join('\n');
}

/**
 * Fetches the bases into the layer store (only what is not there), with the person's sign-in, and serves them to the
 * runtime on the loopback. Unlike for a conversion no proxy is set: %post may use the network. Fails with `registry.*`.
 */
export async function openStoredBases(
  request: Pick<BuildRequest, 'definition' | 'architecture'>,
  at: { readonly means: BuildMeans; readonly context: TaskContext; readonly folder: HostPath },
): Promise<StoredBases> {
  const { means, context, folder } = at;
  const lease = await means.layers.openLease();
  const mirrors: LoopbackMirror[] = [];
  const digests = new Map<string, string>();
  const dispose = async () => {
    for (const mirror of mirrors) await mirror.dispose();
    await lease.dispose();
  };
  try {
    for (const reference of referencesOf(request.definition)) {
      const { mirror, digest } = await mirrorOf(reference, request.architecture, { means, context, lease });
      mirrors.push(mirror);
      digests.set(reference.typed, digest);
    }
    const home = joinPath(folder, hostPathFromText('home'));
    const place = joinPath(home, hostPathFromText('.config/containers'));
    await means.host.files.makeFolder(place, 0o700);
    const text = mirrors.map(({ registriesConf }) => registriesConf).join('\n');
    await means.host.files.write(joinPath(place, hostPathFromText('registries.conf')), text, 0o600);
    return { home, digests, dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

/** What the registries say that the bases are now, by their references. Fails with `registry.*`. */
export async function resolveBases(
  { definition, architecture }: Pick<BuildRequest, 'definition' | 'architecture'>,
  work: { readonly means: BuildMeans; readonly context: TaskContext },
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const reference of referencesOf(definition))
    digests.set(reference.typed, (await resolveBase(reference, architecture, work)).resolved.digest);
  return digests;
}

async function resolveBase(
  reference: RegistryReference,
  architecture: string,
  { means, context }: { readonly means: BuildMeans; readonly context: TaskContext },
) {
  context.report({ phase: 'resolve', text: `Asking ${reference.registry}` });
  const client = means.openRegistry({
    registry: reference.registry,
    isHttpAllowed: false,
    credentials: null,
    onNotice: (text) => context.log('note', text),
  });
  const resolved = await client.resolve(reference, architecture, context.signal);
  context.log('note', `${reference.typed} is ${resolved.digest}`);
  return { client, resolved };
}

async function mirrorOf(
  reference: RegistryReference,
  architecture: string,
  work: { readonly means: BuildMeans; readonly context: TaskContext; readonly lease: LayerLease },
): Promise<{ readonly mirror: LoopbackMirror; readonly digest: string }> {
  const { context, lease } = work;
  const { client, resolved } = await resolveBase(reference, architecture, work);
  const progress = createLayerProgress(resolved.layers, (update) => context.report(update));
  const obtained = await lease.obtainAll(
    resolved.layers,
    (layer, offset, signal) => client.openBlob(reference.repository, layer, { offset, signal }),
    { signal: context.signal, onProgress: (update) => progress.update(update) },
  );
  const mirror = await startLoopbackMirror({
    reference,
    resolved,
    blobPath: (digest) => obtained.get(digest)?.path ?? null,
  });
  return { mirror, digest: resolved.digest };
}

/** The different images of registries that the bases name. */
function referencesOf({ outline }: Definition): readonly RegistryReference[] {
  const names = new Set(outline.bases.filter(({ agent }) => agent === 'docker').map(({ from }) => from));
  return [...names].flatMap((from) => {
    const parsed = parseImageReference(`docker://${from}`);
    return parsed.ok && parsed.reference.kind === 'docker' ? [parsed.reference] : [];
  });
}
