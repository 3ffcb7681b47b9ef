import type { BuildSummary } from '#core/contract/builds.ts';
import type { TaskId } from '#core/contract/ids.ts';

export const cleanChoices = ['unsuccessful', 'month', 'year', 'all'] as const;
/** Which builds go when the history is cleaned up. */
export type CleanChoice = (typeof cleanChoices)[number];

const dayMs = 86_400_000;

/** The builds that go; one that runs never does. `now` is milliseconds since 1970. */
export function buildsToForget(
  builds: readonly BuildSummary[],
  choice: CleanChoice,
  now: number,
): readonly TaskId[] {
  return builds
    .filter((build) => build.outcome !== 'running' && isMeant(build, choice, now))
    .map(({ id }) => id);
}

function isMeant({ outcome, startedAt }: BuildSummary, choice: CleanChoice, now: number): boolean {
  switch (choice) {
    case 'unsuccessful':
      return outcome !== 'succeeded';
    case 'month':
      return now - startedAt > 30 * dayMs;
    case 'year':
      return now - startedAt > 365 * dayMs;
    case 'all':
      return true;
  }
}

/** The builds that have a text in their name, host or outcome, whatever its case. */
export function filterBuilds(
  builds: readonly BuildSummary[],
  filter: string,
  outcomeWord: (outcome: BuildSummary['outcome']) => string,
): readonly BuildSummary[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return builds;
  return builds.filter(({ name, hostLabel, outcome, target }) =>
    `${name}\n${hostLabel}\n${outcomeWord(outcome)}\n${target}`.toLowerCase().includes(wanted),
  );
}
