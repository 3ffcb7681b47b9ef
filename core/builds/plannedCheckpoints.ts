import type { BuildPlan } from '#core/contract/builds.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';
import { chainOf } from './checkpointChain.ts';
import type { Needed } from './neededFiles.ts';

/** The checkpoints that a build would make or find, and why it would use none, in a sentence. */
export async function plannedCheckpoints(
  request: BuildRequest,
  needed: readonly Needed[],
  means: BuildMeans,
): Promise<{ readonly checkpoints: BuildPlan['checkpoints']; readonly problem: string | null }> {
  const { chain, problem } = await chainOf(request, { text: request.definition.text, needed }, means);
  if (chain === null) return { checkpoints: [], problem };
  const checkpoints: BuildPlan['checkpoints'] = [];
  for (const [index, { name, line }] of chain.cuts.entries()) {
    const localKey = chain.keys.local[index];
    const kept = localKey === undefined ? null : await means.checkpoints.findLike(localKey);
    checkpoints.push({ name, line, isKept: kept !== null, sizeBytes: kept?.sizeBytes ?? null });
  }
  return { checkpoints, problem: null };
}
