import type { BuildInput, BuildPlan } from '#core/contract/builds.ts';
import { folderName, type HostPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { supportedCompressions } from '#core/runtime/build.ts';
import type { BuildMeans } from './buildMeans.ts';
import { type BuildRequest, buildRequest, type Definition, targetOf } from './buildRequest.ts';
import { buildWay } from './buildWay.ts';
import { checkpointCapBytes, checkpointDays } from './checkpointStore.ts';
import { isOfDockerfile } from './dockerfileBuild.ts';
import { neededOf } from './dockerfileContext.ts';
import { planDockerfile } from './dockerfileRoute.ts';
import type { Needed, NeededPlaces } from './neededFiles.ts';
import { plannedCheckpoints } from './plannedCheckpoints.ts';
import { canStoreBases } from './storedBases.ts';
import { holdsRootFolder, removalLine, sudoState } from './sudoBuild.ts';

/** Compressed images unpack to about three times their size, and the squashfs lies beside the tree. */
const unpackFactor = 4;

/** What a build of this input would do. Fails with what `buildRequest` fails with. */
export async function planBuild(input: BuildInput, means: BuildMeans): Promise<BuildPlan> {
  const request = await buildRequest(input, means);
  const { runtime, definition, target, targetHostId } = request;
  const [builder, holder] = await Promise.all([
    means.hosts.open(input.hostId),
    means.hosts.open(targetHostId),
  ]);
  const folder = workParent(input, means);
  const [needed, existing, freeBytes] = await Promise.all([
    neededOf(definition, placesOf(input, means)),
    holder.files.stat(target),
    builder.files.freeBytes(folder),
  ]);
  const needsAll =
    !isOfDockerfile(request) && definition.outline.bases.every(({ agent }) => agent === 'localimage');
  const sizeOf = (role: Needed['role']) =>
    needed.filter((one) => one.role === role).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const neededBytes = sizeOf('base') * unpackFactor + sizeOf('files') * 2;
  const isElsewhere = input.hostId !== localHostId;
  const way = buildWay(runtime, request, {
    isChosen: input.way === 'sudo',
    state: await sudoState(builder),
    isElsewhere,
  });
  const planned = await plannedCheckpoints(request, needed, means);
  const { checkpoints, problem, folder: keptIn } = planned;
  const sentBytes = needed
    .filter(({ isSent, line }) => isSent && !(isElsewhere && planned.isLeftOut(line)))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    target,
    exists: existing === null ? null : { sizeBytes: existing.kind === 'file' ? existing.sizeBytes : 0 },
    way,
    files: needed.map(({ role: _role, paths: _paths, ...file }) => file),
    sentBytes,
    space: { folder, freeBytes, neededBytes: needsAll ? neededBytes : null },
    checkpoints,
    compressions: input.form === 'sif' ? [...supportedCompressions(runtime.dialect)] : [],
    warnings: [
      ...(await leftByRoot(means)),
      ...(problem === null ? [] : [problem]),
      ...warningsOf(request, { needed, freeBytes, neededBytes: needsAll ? neededBytes : 0 }),
    ],
    byHand: request.byHand,
    means: meansSentence(request, {
      label: builder.label,
      sentBytes,
      isElsewhere,
      holder: holder.label,
      keptIn,
    }),
    ...(isOfDockerfile(request) ? await planDockerfile(request, { builder, sentBytes }) : {}),
  };
}

/** Where the files of an input may lie. */
export function placesOf(input: BuildInput, means: Pick<BuildMeans, 'hosts'>): NeededPlaces {
  return { elsewhere: input.elsewhere, builderId: input.hostId, open: (id) => means.hosts.open(id) };
}

/** What builds as root left when they were killed, with the line that removes it. */
async function leftByRoot({ host, leftByRoot: folders }: BuildMeans): Promise<string[]> {
  const left: string[] = [];
  for (const folder of folders())
    if (await holdsRootFolder(host, folder))
      left.push(`A build as root left ${folder} behind. This removes it: ${removalLine(folder)}`);
  return left;
}

/** Fails with build.definition, at its line, where something that the definition names is not there. */
export function requireNeeded(definition: Definition, needed: readonly Needed[]): void {
  const missing = needed.find(({ kind }) => kind === 'missing');
  if (missing === undefined) return;
  const text = definition.text.split('\n')[missing.line - 1] ?? '';
  throw workbenchError('build.definition', {
    name: definition.name,
    line: missing.line,
    column: text.length - text.trimStart().length + 1,
    reason: `There is no “${missing.pickedPath ?? missing.source}”: put it there, or pick where it lies`,
  });
}

/** Where a build unpacks: in a private folder in this one. */
export function workParent(
  input: BuildInput,
  means: Pick<BuildMeans, 'preferences' | 'temporaryFolder'>,
): HostPath {
  const { temporaryFolder, defaultFolder } = means.preferences(input.hostId);
  const chosen = input.temporaryFolder ?? temporaryFolder;
  if (chosen !== null) return chosen;
  if (input.hostId === localHostId) return means.temporaryFolder;
  return input.target.hostId === input.hostId ? folderName(targetOf(input, means)) : defaultFolder;
}

function warningsOf(
  request: BuildRequest,
  space: { readonly needed: readonly Needed[]; readonly freeBytes: number; readonly neededBytes: number },
): string[] {
  const { definition, input, options, runtime } = request;
  const { features } = runtime.dialect;
  const warnings = definition.outline.sections
    .filter(({ name }) => name === 'setup' || name === 'pre')
    .map(
      ({ name, line }) =>
        `%${name} (line ${line.number}) runs on the machine that builds, outside of the image: read it before you build a file of somebody else.`,
    );
  for (const { source, line, kind } of space.needed)
    if (kind === 'missing') warnings.push(`Line ${line} needs ${source}, which is not there.`);
  if (space.freeBytes < space.neededBytes)
    warnings.push(
      `About ${formatBytes(space.neededBytes)} are needed to unpack in, and ${formatBytes(space.freeBytes)} are free.`,
    );
  if (!isOfDockerfile(request) && input.buildArguments.some(({ isSecret }) => isSecret))
    warnings.push(
      'The runtime writes the values of build arguments into the definition that the image carries: whoever has the image can read them.',
    );
  if (options.sourceDateEpoch !== null && !features.reproducible)
    warnings.push(
      'Times in the image are fixed, but the SIF around it gets a new id at each build: two builds have the same tree, not the same digest.',
    );
  if (options.architecture !== null && !features.buildArchitecture)
    warnings.push('This runtime builds for its own architecture only.');
  if (request.targetHostId !== input.hostId && input.hostId === localHostId && options.form === 'sif')
    warnings.push('It is built here, and the image is sent.');
  return warnings;
}

function meansSentence(
  { runtime, definition, options, compression, input, targetHostId }: BuildRequest,
  where: {
    readonly label: string;
    readonly holder: string;
    readonly sentBytes: number;
    readonly isElsewhere: boolean;
    /** Where checkpoints are kept; null where none is. */
    readonly keptIn: HostPath | null;
  },
): string {
  const { programName, version } = runtime.dialect;
  const form = options.form === 'sandbox' ? 'a sandbox' : `a SIF (${compression})`;
  const base = `${programName} ${version} on ${where.label} builds ${form}`;
  if (!where.isElsewhere) {
    const fetched =
      where.sentBytes === 0 ? '' : `; ${formatBytes(where.sentBytes)} of files come here before`;
    return canStoreBases({ definition, runtime })
      ? `${base}${fetched}; the layers of its base come from the workbench’s own store.`
      : `${base}${fetched}; a base from a registry is fetched by the runtime, with its own cache.`;
  }
  const goesOn = input.way === 'sudo' ? '' : ', and goes on when the line is cut';
  const back = targetHostId === input.hostId ? 'the image stays there' : `the image comes to ${where.holder}`;
  const kept =
    where.keptIn === null
      ? ''
      : ` Checkpoints are kept there in ${where.keptIn}: up to ${formatBytes(checkpointCapBytes)}, each for ${checkpointDays} days after its last use.`;
  return `${base}${goesOn}; ${formatBytes(where.sentBytes)} of files are sent before, ${back}.${kept}`;
}
