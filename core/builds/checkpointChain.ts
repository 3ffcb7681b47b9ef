import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { withArguments } from '#core/runtime/definition/buildOutline.ts';
import {
  type CutDefinition,
  cutDefinition,
  type PartBase,
  partOfDefinition,
} from '#core/runtime/definition/cutDefinition.ts';
import { parseDefinition } from '#core/runtime/definition/parseDefinition.ts';
import type { FakerootMode } from '#core/runtime/hostConditions.ts';
import {
  correctedName,
  correctionFiles,
  correctOnly,
  emptyBaseName,
  emptyTreeName,
  finalCorrection,
  keptCorrection,
  keptTreeName,
  takeTreeName,
} from '#core/runtime/partCorrection.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { BuildFollower } from './buildFollower.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';
import { writeEmptyBase } from './checkpointBase.ts';
import { type CheckpointKeys, checkpointKeys } from './checkpointKeys.ts';
import type { CheckpointStore } from './checkpointStore.ts';
import { correctObjects } from './correctObjects.ts';
import type { Needed } from './neededFiles.ts';
import {
  canNameDigests,
  canStoreBases,
  openStoredBases,
  resolveBases,
  type StoredBases,
} from './storedBases.ts';

/** A definition that is built in parts. */
export interface Chain extends Pick<CutDefinition, 'cuts' | 'headers' | 'hasApps'> {
  /** With the values of build arguments in place: what the image keeps. */
  readonly text: string;
  readonly keys: CheckpointKeys;
}

/** Where fewer bytes are free, nothing is kept. */
const leastFreeBytes = 1024 ** 3;

/**
 * How a definition is built in parts: null where it has no checkpoints that can be used, with a sentence for the person
 * where it has some. `text` is the definition as it is built, its lines where they are in the person's.
 */
export async function chainOf(
  request: BuildRequest,
  built: { readonly text: string; readonly needed: readonly Needed[] },
  means: Pick<BuildMeans, 'hosts' | 'host' | 'checkpoints'>,
): Promise<{ readonly chain: Chain | null; readonly problem: string | null }> {
  const { input, definition, options, runtime } = request;
  if (options.checkpoints === 'off') return { chain: null, problem: null };
  const given = Object.fromEntries(input.buildArguments.map(({ name, value }) => [name, value ?? '']));
  const own = withArguments(parseDefinition(definition.text), given);
  const text = withArguments(parseDefinition(built.text), given);
  const { cuts, problem } = cutDefinition(own);
  if (cuts.length === 0) return { chain: null, problem };
  const unused = (why: string) => ({ chain: null, problem: `Checkpoints are not used ${why}.` });
  if (input.way === 'sudo') return unused('in builds as root through sudo');
  if (runtime.dialect.product !== 'apptainer') return unused('with this runtime: Apptainer alone is tried');
  if (input.hostId !== localHostId && !canNameDigests(definition))
    return unused('on other hosts where a base is not named by “From:” alone');
  const { folder } = means.checkpoints;
  if (/[#\n\r]/.test(hostPathToText(folder) ?? '#'))
    return unused(`because no definition can name the folder that keeps them, ${folder}`);
  if ((await means.host.files.freeBytes(folder)) < leastFreeBytes)
    return unused(`because less than 1 GB is free in ${folder}`);
  const keys = await checkpointKeys(request, { text: own, cuts, needed: built.needed }, means);
  if (keys === null)
    return unused(
      'because a base or a source of %files is too large a folder to be looked through, or closed',
    );
  const { headers, hasApps } = cutDefinition(text);
  return { chain: { cuts, headers, hasApps, text, keys }, problem: null };
}

/** One part, as a build of its own. */
export interface PartRun {
  readonly text: string;
  /** The person's definition with the other parts blank: a failure is looked for there. */
  readonly shownText: string;
  readonly output: HostPath;
  readonly isLast: boolean;
  readonly isFirst: boolean;
  readonly bases: StoredBases | null;
  /** Stands first in PATH. */
  readonly correctionFolder: HostPath;
}

interface ChainRun {
  readonly request: BuildRequest;
  readonly means: BuildMeans;
  readonly context: TaskContext;
  readonly follower: BuildFollower;
  /** Private. */
  readonly folder: HostPath;
  readonly output: HostPath;
  runPart(part: PartRun): Promise<void>;
}

/**
 * Builds part after part, from the last checkpoint that is kept; each that is made is kept, also when a later part fails.
 * The tree itself goes from part to part by renames, as one build would have left it, and the image of a checkpoint is what
 * a later build goes on from: to that the runtime does what it does to every base, such as lay out an empty /dev anew.
 * Answers with facts for the result; null where the runtime does not let us correct what parts leave in an image, and all
 * has to be built at once.
 */
export async function runChain(chain: Chain, run: ChainRun): Promise<TaskResult['facts'] | null> {
  const { request, means, context, follower } = run;
  const { checkpoints: store } = means;
  const { files } = means.host;
  const { cuts, headers, text } = chain;
  const hasBases = canStoreBases(request);
  await store.makeFolder();
  const mayBegin = request.options.checkpoints === 'use' && (await hasLike(chain, run));
  // Where nothing is kept, the registries are asked with the first part alone.
  let keys = chain.keys.withBases(mayBegin && hasBases ? await resolveBases(request, run) : new Map());
  const begin = mayBegin ? await lastKept(keys, store) : 0;
  const reused = cuts[begin - 1];
  if (reused !== undefined)
    context.log('note', `Goes on from the checkpoint “${reused.name}” (line ${reused.line}).`);
  const count = cuts.length + 1 - begin;
  follower.inPart(0, count);
  follower.begin('bootstrap', 'Starting');
  for (let part = begin; part <= cuts.length; part += 1) {
    const isLast = part === cuts.length;
    const made = isLast ? run.output : store.partOf(context.id);
    const base = await baseOf(keys[part - 1], run);
    const correctionFolder = joinPath(run.folder, hostPathFromText(`part-${part}`));
    await files.makeFolder(correctionFolder, 0o700);
    const correction = correctionFiles(isLast ? finalCorrection(text, headers) : keptCorrection, {
      keepsTree: keepsTree(part, chain, run),
    });
    for (const [name, words] of Object.entries(correction))
      await files.write(joinPath(correctionFolder, hostPathFromText(name)), words, 0o700);
    const bases = part === 0 && hasBases ? await openStoredBases(request, run) : null;
    if (bases !== null) keys = chain.keys.withBases(bases.digests);
    follower.inPart(part - begin, count);
    try {
      await run.runPart({
        text: partOfDefinition(text, { cuts, part }, base),
        shownText: partOfDefinition(request.definition.text, { cuts, part }, null),
        output: made,
        isLast,
        isFirst: part === begin,
        bases,
        correctionFolder,
      });
    } finally {
      await bases?.dispose();
    }
    if (isLast && request.options.form === 'sandbox') await correctFolder(correctionFolder, run);
    if ((await files.stat(joinPath(correctionFolder, hostPathFromText(correctedName)))) === null) {
      await files.remove(made);
      context.log('note', 'The runtime takes mksquashfs from elsewhere than PATH: checkpoints are not used.');
      return null;
    }
    const [key, localKey, cut] = [keys[part], chain.keys.local[part], cuts[part]];
    if (key === undefined || localKey === undefined || cut === undefined) {
      if (request.options.form === 'sif') await correctObjects(run.output, { ...run, text, headers });
      continue;
    }
    await store.keep(made, { key, localKey, name: cut.name, definitionName: request.definition.name });
    context.log('note', `The checkpoint “${cut.name}” (line ${cut.line}) is kept.`);
  }
  await store.prune(keys);
  return chainFacts({ cuts, begin });
}

/** Facts for the result of a build in parts that went on from a number of checkpoints. */
export function chainFacts({
  cuts,
  begin,
}: Pick<CutDefinition, 'cuts'> & { readonly begin: number }): TaskResult['facts'] {
  const reused = cuts[begin - 1];
  return {
    checkpointsReused: begin,
    checkpointsMade: cuts.length - begin,
    ...(reused === undefined ? {} : { fromCheckpoint: reused.name }),
  };
}

/** Where the files in a tree have the owners that the build gave them, as far as it can give any. */
const modesWithOwners: readonly (FakerootMode | undefined)[] = ['root', 'subuid', 'rootMapped'];

/** Whether the tree of a part is moved into the next one: otherwise that begins with the image. */
export function keepsTree(
  part: number,
  { cuts, hasApps }: Pick<Chain, 'cuts' | 'hasApps'>,
  { request, folder }: Pick<ChainRun, 'request' | 'folder'>,
): boolean {
  const lastKeeping = cuts.length - (hasApps ? 2 : 1);
  return (
    part <= lastKeeping &&
    modesWithOwners.includes(request.runtime.conditions?.fakeroot) &&
    // A definition names it.
    !/[#\n\r]|\{\{/.test(hostPathToText(folder) ?? '#')
  );
}

/** What a part begins with: the tree of the part before, where it was kept, or its image; null is the definition's own base. */
async function baseOf(above: string | undefined, { means, folder }: ChainRun): Promise<PartBase | null> {
  if (above === undefined) return null;
  const inside = (name: string) => joinPath(folder, hostPathFromText(name));
  const image = means.checkpoints.imageOf(above);
  if ((await means.host.files.stat(inside(keptTreeName))) === null)
    return { from: hostPathToText(image) ?? '', setup: null };
  const target = inside(emptyBaseName);
  await writeEmptyBase(means.host, { image, emptyTree: inside(emptyTreeName), target });
  return { from: hostPathToText(target) ?? '', setup: takeTreeName };
}

async function hasLike({ keys }: Chain, { means }: ChainRun): Promise<boolean> {
  return (await means.checkpoints.findLike(keys.local)).some((found) => found !== null);
}

/** How many parts need not be built: those above the last checkpoint that is kept. */
export async function lastKept(keys: readonly string[], store: CheckpointStore): Promise<number> {
  for (let part = keys.length; part > 0; part -= 1) {
    const key = keys[part - 1];
    if (key === undefined || (await store.find(key)) === null) continue;
    await store.touch(key);
    return part;
  }
  return 0;
}

async function correctFolder(folder: HostPath, { means, context, output }: ChainRun): Promise<void> {
  const program = { path: joinPath(folder, hostPathFromText('mksquashfs')) };
  const spec = commandSpec(program, [correctOnly, { path: output }], {
    purpose: 'Name the whole definition in the sandbox',
  });
  const { exitStatus, stderr } = await means.host.run(spec, { signal: context.signal, taskId: context.id });
  if (exitStatus !== 0)
    throw workbenchError(
      'runtime.failed',
      { verb: 'build it', reason: 'What the sandbox says of itself could not be written' },
      { hostId: means.host.id, evidence: stderr, exitStatus },
    );
}

/** Parts above the last one become images that are kept; the last one becomes what was asked for. */
export function partRequest(request: BuildRequest, isLast: boolean): BuildRequest {
  return {
    ...request,
    // Their values are in the text.
    input: { ...request.input, buildArguments: [] },
    ...(isLast ? {} : { options: { ...request.options, form: 'sif' }, compression: 'zstd-3' }),
  };
}

/** The command with a folder first in its PATH. */
export function withFirstInPath(spec: CommandSpec, folder: HostPath): CommandSpec {
  const script = 'PATH="$0:$PATH"; export PATH; exec "$@"';
  return {
    ...spec,
    program: '/bin/sh',
    args: ['-c', script, { path: folder }, spec.program, ...spec.args],
  };
}
