import type { AdoptInput, AdoptPlan } from '#core/contract/handover.ts';
import { client } from '#renderer/api/client.ts';
import { type PlanAnswer, usePlan } from '#renderer/api/usePlan.ts';

/** What an adoption would make; null asks nothing. */
export function useAdoptPlan(input: AdoptInput | null): PlanAnswer<AdoptPlan> {
  return usePlan({
    path: 'handover.planAdopt',
    input,
    call: (asked, signal) => client.handover.planAdopt(asked, { signal }),
  });
}
