import type { PullInput, PullPlan } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { type PlanAnswer, usePlan } from '#renderer/api/usePlan.ts';

/** What a pull of this input would do, asked when the typing pauses. Credentials are not sent for this. */
export function usePullPlan(input: PullInput | null): PlanAnswer<PullPlan> {
  return usePlan({
    path: 'images.planPull',
    input: input === null ? null : { ...input, credentials: null },
    call: (asked, signal) => client.images.planPull(asked, { signal }),
  });
}
