import type { BuildPlan } from '#core/contract/builds.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import { linesAbove } from '#core/runtime/definition/cutDefinition.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';
import { chainOf } from './checkpointChain.ts';
import type { Needed } from './neededFiles.ts';

/** The checkpoints that a build would make or find, and why it would use none, in a sentence. */
export async function plannedCheckpoints(
  request: BuildRequest,
  needed: readonly Needed[],
  means: BuildMeans,
): Promise<{
  readonly checkpoints: BuildPlan['checkpoints'];
  readonly problem: string | null;
  /** Where they are kept; null where none is. */
  readonly folder: HostPath | null;
  /** Whether a line of the definition (1-based) is in no part that is built. */
  readonly isLeftOut: (line: number) => boolean;
}> {
  const { hosts, checkpointsOf } = means;
  const { hostId } = request.input;
  const [host, store] = await Promise.all([hosts.open(hostId), checkpointsOf(hostId)]);
  const { chain, problem } = await chainOf(
    request,
    { text: request.definition.text, needed },
    { hosts, host, checkpoints: store },
  );
  if (chain === null) return { checkpoints: [], problem, folder: null, isLeftOut: () => false };
  const checkpoints: BuildPlan['checkpoints'] = [];
  const found = await store.findLike(chain.keys.local);
  for (const [index, { name, line }] of chain.cuts.entries()) {
    const kept = found[index] ?? null;
    checkpoints.push({ name, line, isKept: kept !== null, sizeBytes: kept?.sizeBytes ?? null });
  }
  const begin = request.options.checkpoints === 'use' ? found.findLastIndex((kept) => kept !== null) + 1 : 0;
  return {
    checkpoints,
    problem: null,
    folder: store.folder,
    isLeftOut: linesAbove(request.definition.text, { cuts: chain.cuts, begin }),
  };
}
