import type { ErrorReport } from '#core/contract/errors.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import { client } from '#renderer/api/client.ts';
import { usePlan } from '#renderer/api/usePlan.ts';
import type { SandboxMaking } from './newSandboxForm.ts';

/** What making a sandbox would do, whichever work makes it. */
export interface MakingPlan {
  readonly target: HostPath;
  readonly exists: boolean;
  readonly byHand: string;
  /** Sentences on how it will be done, and what will not come through. */
  readonly sentences: readonly string[];
  readonly canMake: boolean;
}

export interface MakingAnswer {
  readonly plan: MakingPlan | null;
  readonly failure: ErrorReport | null;
  readonly isPlanning: boolean;
}

/** Asks core when the typing pauses. */
export function useMakingPlan(making: SandboxMaking | null): MakingAnswer {
  const pull = usePlan({
    path: 'images.planPull',
    input: making?.by === 'pull' ? making.input : null,
    call: (input, signal) => client.images.planPull(input, { signal }),
  });
  const imported = usePlan({
    path: 'images.planImport',
    input: making?.by === 'import' ? making.input : null,
    call: (input, signal) => client.images.planImport(input, { signal }),
  });
  const build = usePlan({
    path: 'builds.plan',
    input: making?.by === 'build' ? making.input : null,
    call: (input, signal) => client.builds.plan(input, { signal }),
  });
  switch (making?.by) {
    case undefined:
      return { plan: null, failure: null, isPlanning: false };
    case 'pull':
      return answer(pull, pull.plan, [pull.plan?.means ?? '']);
    case 'import':
      return answer(imported, imported.plan, [
        imported.plan?.means ?? '',
        ...(imported.plan?.warnings ?? []),
      ]);
    case 'build': {
      const way = build.plan?.way;
      const planned = answer(build, build.plan, [way?.sentence ?? '', ...(way?.limits ?? [])]);
      return planned.plan === null || way === undefined
        ? planned
        : { ...planned, plan: { ...planned.plan, canMake: way.canBuild } };
    }
  }
}

function answer(
  { failure, isPlanning }: Omit<MakingAnswer, 'plan'>,
  plan: { readonly target: HostPath; readonly exists: unknown; readonly byHand: string } | null,
  sentences: readonly string[],
): MakingAnswer {
  return {
    failure,
    isPlanning,
    plan:
      plan === null
        ? null
        : {
            target: plan.target,
            exists: plan.exists !== null,
            byHand: plan.byHand,
            sentences: sentences.filter((sentence) => sentence !== ''),
            canMake: true,
          },
  };
}
