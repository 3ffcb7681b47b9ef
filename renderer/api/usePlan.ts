import { useQuery } from '@tanstack/react-query';
import type { ErrorReport } from '#core/contract/errors.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { failureReport } from './failure.ts';
import { type ContractPath, contractQuery } from './query.ts';
import { useDelayed } from './useDelayed.ts';

const typingPauseMs = 250;

export interface PlanQuestion<Input, Plan> {
  readonly path: ContractPath;
  /** Null while there is nothing to ask about. No password belongs here: half of one would be sent while it is typed. */
  readonly input: Input | null;
  readonly call: (input: Input, signal: AbortSignal) => Promise<Plan>;
}

export interface PlanAnswer<Plan> {
  readonly plan: Plan | null;
  readonly failure: ErrorReport | null;
  readonly isPlanning: boolean;
}

/** What a form's input would do, asked when the typing pauses. */
export function usePlan<Input extends { readonly hostId: HostId }, Plan>({
  path,
  input,
  call,
}: PlanQuestion<Input, Plan>): PlanAnswer<Plan> {
  const key = JSON.stringify(input);
  const settledKey = useDelayed(key, typingPauseMs);
  const isSettled = settledKey === key;
  const { data, error } = useQuery({
    ...contractQuery({
      path,
      hostId: input?.hostId ?? localHostId,
      input,
      call: (signal) => {
        if (input === null) throw new Error('asked for a plan of nothing');
        return call(input, signal);
      },
    }),
    enabled: input !== null && isSettled,
    // What is at the target may have changed since.
    staleTime: 0,
    gcTime: 0,
  });
  if (input === null) return { plan: null, failure: null, isPlanning: false };
  return {
    plan: data ?? null,
    failure: error === null ? null : failureReport(error),
    isPlanning: data === undefined && error === null,
  };
}
