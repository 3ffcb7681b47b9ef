import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedFile } from '#core/hosts/detachedJob.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { linesAbove, type PartBase, partOfDefinition } from '#core/runtime/definition/cutDefinition.ts';
import {
  correctionFiles,
  emptyBaseName,
  finalCorrection,
  keptCorrection,
  takeTreeName,
} from '#core/runtime/partCorrection.ts';
import { metadataFromLabel, metadataValues } from '#core/runtime/partMetadata.ts';
import { pathWord, shellLines } from '#core/runtime/shellWords.ts';
import { architectureCode } from '#core/sif/header.ts';
import type { BuildRequest } from './buildRequest.ts';
import {
  chainFileNames,
  chainScript,
  droppedProgram,
  droppedValue,
  metadataProgram,
  partFileNames,
} from './chainScript.ts';
import { type Chain, chainOf, keepsTree, lastKept, partRequest } from './checkpointChain.ts';
import { begunNote, type CheckpointStore } from './checkpointStore.ts';
import type { Needed } from './neededFiles.ts';
import { type Beginning, commandThere, type Prepared } from './prepareThere.ts';
import { resolveBases, withDigests } from './storedBases.ts';

/** What is known later of a build in parts on a host. */
export const chainPlanSchema = z.object({
  cuts: z.array(z.object({ name: z.string(), line: z.number() })).max(100),
  /** Of the checkpoints, in their order. */
  keys: z.array(z.string()).max(100),
  /** How many of them the build goes on from. */
  begin: z.number().int().nonnegative(),
});
export type ChainPlan = z.infer<typeof chainPlanSchema>;

/** A build in parts as a detached job. */
export interface ChainThere {
  readonly spec: CommandSpec;
  readonly files: readonly DetachedFile[];
  readonly plan: ChainPlan;
  /** What the job makes outside of the build folder, until it is kept. */
  readonly ownedPaths: readonly HostPath[];
}

type Place = Pick<Beginning, 'means' | 'context' | 'host'> & Pick<Prepared, 'work' | 'shipment'>;

/** Where a build in parts on a host begins. */
export interface ChainBegin {
  /** `named`: the text that takes bases of registries by digest. */
  readonly chain: Chain & { readonly named: string };
  readonly checkpoints: CheckpointStore;
  readonly keys: readonly string[];
  readonly begin: number;
  /** Whether a line of the definition (1-based) is in no part that is built. */
  readonly isLeftOut: (line: number) => boolean;
}

/** The command for the whole definition, and whether it signs in to a registry. */
interface WholeBuild {
  readonly command: CommandSpec;
  readonly hasCredentials: boolean;
  /** Whether all that it needs was sent. */
  readonly isPossible: boolean;
}

/**
 * Where a definition with checkpoints begins that is built on a host, which keeps them; null where none can be used, which
 * the log tells. `text` is the definition as it is built there.
 */
export async function beginChain(
  request: BuildRequest,
  { context, means, host }: Pick<Place, 'means' | 'context' | 'host'>,
  built: { readonly text: string; readonly needed: readonly Needed[] },
): Promise<ChainBegin | null> {
  const checkpoints = await means.checkpointsOf(host.id);
  const { chain, problem } = await chainOf(request, built, { hosts: means.hosts, host, checkpoints });
  if (problem !== null) context.log('note', problem);
  if (chain === null) return null;
  const digests = await digestsOf(request, { means, context });
  if (digests === null) return null;
  const keys = chain.keys.withBases(digests);
  await checkpoints.makeFolder();
  const begin = request.options.checkpoints === 'use' ? await lastKept(keys, checkpoints) : 0;
  const reused = chain.cuts[begin - 1];
  if (reused !== undefined)
    context.log('note', `Goes on from the checkpoint “${reused.name}” (line ${reused.line}).`);
  const named = withDigests(chain.text, request.definition, digests);
  const isLeftOut = linesAbove(request.definition.text, { cuts: chain.cuts, begin });
  return { chain: { ...chain, named }, checkpoints, keys, begin, isLeftOut };
}

/** What the bases of registries are now; null where that cannot be known here, which the log tells. */
async function digestsOf(
  request: BuildRequest,
  { means, context }: Pick<Place, 'means' | 'context'>,
): Promise<ReadonlyMap<string, string> | null> {
  try {
    return await resolveBases(request, { means, context });
  } catch (thrown) {
    context.signal.throwIfAborted();
    // Hosts inside of a site see registries that we do not: the runtime there may well have the base.
    if (isLineFailure(thrown)) throw thrown;
    context.log(
      'note',
      `Checkpoints are not used because what the base is now could not be asked from here: ${reportOf(thrown).title}`,
    );
    return null;
  }
}

interface ChainJob extends ChainBegin {
  readonly request: BuildRequest;
  readonly place: Place;
  readonly whole: WholeBuild;
}

/**
 * The job that builds a definition in parts on a host, and keeps its checkpoints there. Whatever a part needs goes with it,
 * so that nothing waits for us.
 */
export function chainJob(job: ChainJob): ChainThere {
  const { request, place, whole, chain, checkpoints, keys, begin } = job;
  const { context, work, shipment } = place;
  const last = chain.cuts.length;
  const made = checkpoints.partOf(context.id);
  const files: DetachedFile[] = [
    ...(whole.isPossible ? [{ name: chainFileNames.whole, data: shellLines(whole.command) }] : []),
    { name: chainFileNames.metadata, data: metadataProgram },
    { name: chainFileNames.dropped, data: droppedProgram(metadataFromLabel) },
    { name: chainFileNames.values, data: valuesOf(chain), isSecret: true },
  ];
  for (let part = begin; part <= last; part += 1) files.push(...partFiles(part, job));
  const words = [
    { path: work },
    { path: shipment.workingFolder },
    String(begin),
    String(last),
    { path: request.runtime.path },
    String(Number(architectureCode(request.architecture))),
    { path: checkpoints.folder },
    { path: made },
    keys[begin - 1] ?? '',
    request.options.form,
  ];
  return {
    spec: commandSpec('/bin/sh', ['-c', chainScript, 'sh', ...words], {
      purpose: whole.command.purpose,
      byHand: whole.command.byHand,
    }),
    files,
    plan: { cuts: [...chain.cuts], keys: [...keys], begin },
    ownedPaths: [made],
  };
}

/** What lies in the job's folder for one part. Texts have the values of secrets in them. */
function partFiles(
  part: number,
  { request, place, whole, chain, checkpoints, keys, begin }: ChainJob,
): readonly DetachedFile[] {
  const { context, work } = place;
  const { cuts, text, headers } = chain;
  const isLast = part === cuts.length;
  const folder = joinPath(work, hostPathFromText(`part-${part}`));
  const named = (name: string, data: string, isSecret = false) => ({
    name: `part-${part}.${name}`,
    data,
    isSecret,
  });
  const definitionFrom = (base: PartBase | null) =>
    partOfDefinition(part === 0 ? chain.named : text, { cuts, part }, base);
  const above = keys[part - 1];
  const image = above === undefined ? null : checkpoints.imageOf(above);
  const empty = joinPath(work, hostPathFromText(emptyBaseName));
  const command = commandThere(partRequest(request, isLast), place, {
    definition: joinPath(folder, hostPathFromText(buildFolderNames.definition)),
    output: isLast
      ? joinPath(work, hostPathFromText(buildFolderNames.image))
      : checkpoints.partOf(context.id),
    hasCredentials: whole.hasCredentials,
  });
  const files = [
    named(partFileNames.run, `PATH=${pathWord(folder)}:$PATH\nexport PATH\n${shellLines(command)}\n`),
    named(partFileNames.fromImage, definitionFrom(image === null ? null : baseAt(image, null)), true),
  ];
  const where = { request, folder: work };
  if (part > begin && keepsTree(part - 1, chain, where))
    files.push(named(partFileNames.fromTree, definitionFrom(baseAt(empty, takeTreeName)), true));
  const correction = correctionFiles(isLast ? finalCorrection(text, headers) : keptCorrection, {
    keepsTree: keepsTree(part, chain, where),
  });
  for (const [name, words] of Object.entries(correction))
    files.push(named(name, words, name === 'Singularity'));
  const [key, localKey, cut] = [keys[part], chain.keys.local[part], cuts[part]];
  if (key === undefined || localKey === undefined || cut === undefined) return files;
  const note = begunNote({ key, localKey, name: cut.name, definitionName: request.definition.name });
  return [
    ...files,
    named(partFileNames.key, `${key}\n`),
    named(partFileNames.note, `${JSON.stringify(note).slice(0, -1)},`),
    named(partFileNames.told, `The checkpoint “${cut.name}” (line ${cut.line}) is kept.\n`),
  ];
}

function valuesOf({ text, headers }: Chain): string {
  return Object.entries(metadataValues(text, headers))
    .map(([name, value]) => `${name}\n${value ?? droppedValue}\n`)
    .join('');
}

function baseAt(path: HostPath, setup: string | null): PartBase {
  const from = hostPathToText(path);
  if (from === null) throw workbenchError('input.invalid', { path, reason: 'A definition cannot name it.' });
  return { from, setup };
}
