import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import { isLoopbackRegistry, type RegistryReference } from '#core/contract/imageReference.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { LoopbackMirror } from '#core/registry/loopbackMirror.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import type { ResolvedImage } from '#core/registry/resolvedImage.ts';
import { startLoopbackMirror } from '#core/registry/startLoopbackMirror.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { convertCommand } from '#core/runtime/build.ts';
import type { Argument, CommandSpec } from '#core/runtime/commandSpec.ts';
import type { RunningPull } from './finishPull.ts';
import { withinMemory } from './memoryWatch.ts';
import type { PullRequest } from './pullRequest.ts';
import { partPath } from './pullTarget.ts';
import { runConversion } from './runConversion.ts';

/**
 * Layers are seldom compressed better than to a quarter, and the runtime keeps them, and the squashfs made of them, beside
 * their unpacked files.
 */
const unpackFactor = 6;
/** What a folder in memory may come to take: of what was looked for, and for small images at least so much. */
const memoryFactor = 2;
const leastMemoryBytes = 64 * 1024 * 1024;

/** A conversion of one resolved image. */
export interface Conversion {
  readonly reference: RegistryReference;
  readonly resolved: ResolvedImage;
  /** Where the layers are, by digest; null where the runtime must fetch them itself. */
  readonly layerPaths: ReadonlyMap<string, string> | null;
}

/** Places of a conversion: what it makes, and a private folder for everything else. */
export interface Workplace {
  /** What the runtime writes; must not be there before. */
  readonly output: HostPath;
  readonly folder: HostPath;
  readonly home: HostPath;
  readonly temporary: HostPath;
}

/**
 * Has the runtime make a SIF beside the target, and gives it to `use` under its temporary name. Home, cache and
 * temporary folder of the runtime are one private folder, in memory where there is plenty of it, which is gone
 * afterwards, whatever happens.
 */
export async function withConvertedImage<Result>(
  pull: RunningPull,
  conversion: Conversion,
  use: (part: HostPath) => Promise<Result>,
): Promise<Result> {
  const wantedBytes = neededBytes(conversion.resolved);
  const memory = await pull.means.memoryFolder(wantedBytes);
  if (memory !== null) {
    const limitBytes = Math.max(wantedBytes * memoryFactor, leastMemoryBytes);
    try {
      return await convertIn(pull, conversion, { parent: memory, limitBytes, use });
    } catch (thrown) {
      if (!isFull(thrown, memory)) throw thrown;
      pull.context.log('note', 'There is too little memory to unpack in after all; unpacking on the disk.');
    }
  }
  const parent = await roomyFolder(pull, conversion.resolved);
  return await convertIn(pull, conversion, { parent, limitBytes: null, use });
}

interface ConversionPlace<Result> {
  readonly parent: HostPath;
  /** What may be taken there; null for a disk, which has room or has not. */
  readonly limitBytes: number | null;
  readonly use: (part: HostPath) => Promise<Result>;
}

/** Whether the private folder ran full, and not the target's disk. */
function isFull(thrown: unknown, parent: HostPath): boolean {
  const { code, evidence } = reportOf(thrown);
  return code === 'disk.full' && evidence?.includes(`${parent}/`) === true;
}

async function convertIn<Result>(
  pull: RunningPull,
  conversion: Conversion,
  { parent, limitBytes, use }: ConversionPlace<Result>,
): Promise<Result> {
  const { means, context, request } = pull;
  const part = partPath(request.target, context.id);
  const prefix = hostPathFromText(`.mysingularity-${context.id}-`);
  await means.records.begin(context.id, { files: [part], folders: [{ parent, prefix }], resumable: [] });
  try {
    const folder = await means.host.files.makeTemporaryFolder(parent, prefix);
    const output = hostPathToText(part) === null ? inFolder(folder, 'image.sif') : part;
    const workplace = await makeWorkplace(pull, folder, output);
    if (limitBytes === null) await convert(pull, conversion, workplace);
    else
      await withinMemory(pull, { folder, limitBytes }, (watched) => convert(watched, conversion, workplace));
    if (output !== part) await means.host.files.copy(output, part, { signal: context.signal });
    return await use(part);
  } finally {
    await means.records.end(context.id, { isResumableKept: false });
  }
}

/** A private folder of the runtime's own home, cache and temporary files. */
export async function makeWorkplace(
  { means }: RunningPull,
  folder: HostPath,
  output: HostPath,
): Promise<Workplace> {
  const { files } = means.host;
  const home = inFolder(folder, 'home');
  const temporary = inFolder(folder, 'tmp');
  await files.makeFolder(home, 0o700);
  await files.makeFolder(temporary, 0o700);
  return { output, folder, home, temporary };
}

function inFolder(folder: HostPath, name: string): HostPath {
  return joinPath(folder, hostPathFromText(name));
}

/** Has the runtime make what the request wants, as `workplace.output`. */
export async function convert(
  pull: RunningPull,
  conversion: Conversion,
  workplace: Workplace,
): Promise<void> {
  const { means } = pull;
  const mirror = await startMirror(conversion);
  try {
    if (mirror !== null) await writeRegistriesConf(means.host, workplace.home, mirror.registriesConf);
    await runConversion(pull, await commandOf(pull, conversion, { workplace, mirror }));
  } finally {
    await mirror?.dispose();
  }
}

/** The same from an image that is a file. */
export async function convertSif(pull: RunningPull, source: Argument, workplace: Workplace): Promise<void> {
  await runConversion(pull, await specOf(pull, { source, isPlainHttp: false, workplace }));
}

async function startMirror({ reference, resolved, layerPaths }: Conversion): Promise<LoopbackMirror | null> {
  if (layerPaths === null) return null;
  return await startLoopbackMirror({
    reference,
    resolved,
    blobPath: (digest) => layerPaths.get(digest) ?? null,
  });
}

async function writeRegistriesConf(host: Host, home: HostPath, text: string): Promise<void> {
  const folder = joinPath(home, hostPathFromText('.config/containers'));
  await host.files.makeFolder(folder, 0o700);
  await host.files.write(joinPath(folder, hostPathFromText('registries.conf')), text, 0o600);
}

async function commandOf(
  pull: RunningPull,
  conversion: Conversion,
  { workplace, mirror }: { readonly workplace: Workplace; readonly mirror: LoopbackMirror | null },
): Promise<CommandSpec> {
  const { request, means } = pull;
  const isPlainHttp =
    mirror === null && (request.isHttpAllowed || isLoopbackRegistry(conversion.reference.registry));
  const source = conversionSource(request, conversion);
  const spec = await specOf(pull, { source, isPlainHttp, workplace });
  const own =
    mirror === null
      ? credentialsEnvironment(await credentialsFor(pull, conversion), await means.runtime())
      : mirror.environment;
  return { ...spec, environment: { ...spec.environment, ...own } };
}

async function specOf(
  { request, means }: RunningPull,
  {
    source,
    isPlainHttp,
    workplace,
  }: { readonly source: Argument; readonly isPlainHttp: boolean; readonly workplace: Workplace },
): Promise<CommandSpec> {
  const spec = convertCommand({
    runtime: await means.runtime(),
    target: workplace.output,
    form: request.form,
    source,
    compression: request.compression,
    // A SIF is for what it is for.
    architecture: typeof source === 'string' ? request.askedArchitecture : null,
    isPlainHttp,
    isVerbose: true,
    homeFolder: workplace.home,
    temporaryFolder: workplace.temporary,
    cacheFolder: inFolder(workplace.folder, 'cache'),
    byHand: request.byHand,
  });
  // The part's name says nothing to a person who reads the command log.
  return { ...spec, purpose: `Convert to ${baseName(request.target)}` };
}

async function credentialsFor(
  { request, means, context }: RunningPull,
  { reference }: Conversion,
): Promise<RegistryCredentials | null> {
  return request.credentials ?? (await means.credentialsOf(reference.registry, context.signal));
}

/** For a runtime that fetches by itself: through the environment, never the command line. */
function credentialsEnvironment(
  credentials: RegistryCredentials | null,
  { dialect }: Runtime,
): Readonly<Record<string, Argument>> {
  if (credentials === null || credentials.isIdentityToken === true) return {};
  return {
    [`${dialect.variablePrefix}_DOCKER_USERNAME`]: { secret: credentials.userName },
    [`${dialect.variablePrefix}_DOCKER_PASSWORD`]: { secret: credentials.password },
  };
}

/**
 * What the image records as its origin: the reference that the person gave, with the digest that it had. For another
 * architecture than the host's that is the manifest's own digest, so that nothing is left to be chosen.
 */
export function conversionSource(
  request: PullRequest,
  { reference, resolved }: Pick<Conversion, 'reference' | 'resolved'>,
): string {
  if (reference.digest !== null) return `docker://${reference.typed}`;
  const digest = request.askedArchitecture === null ? resolved.digest : resolved.manifest.digest;
  const hasTag = reference.tag !== null && reference.typed.endsWith(`:${reference.tag}`);
  return `docker://${reference.typed}${hasTag ? '' : `:${reference.tag ?? 'latest'}`}@${digest}`;
}

function neededBytes(resolved: ResolvedImage): number {
  return resolved.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0) * unpackFactor;
}

/** The temporary folder when the unpacked layers will surely fit there, else the one with more room of it and the target's. */
async function roomyFolder(pull: RunningPull, resolved: ResolvedImage): Promise<HostPath> {
  const { means, request } = pull;
  const wantedBytes = neededBytes(resolved);
  const usual = means.temporaryFolder;
  const beside = folderName(request.target);
  const usualBytes = await means.host.files.freeBytes(usual);
  if (usualBytes >= wantedBytes || hostPathToText(beside) === null) return usual;
  return (await means.host.files.freeBytes(beside)) > usualBytes ? beside : usual;
}
