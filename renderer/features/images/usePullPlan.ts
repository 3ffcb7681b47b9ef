import { useQuery } from '@tanstack/react-query';
import type { ErrorReport } from '#core/contract/errors.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { PullInput, PullPlan } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useDelayed } from './useDelayed.ts';

const typingPauseMs = 250;

/** What a pull of this input would do, asked when the typing pauses. Credentials are not sent for this. */
export function usePullPlan(input: PullInput | null): {
  readonly plan: PullPlan | null;
  readonly failure: ErrorReport | null;
} {
  const wanted = input === null ? null : { ...input, credentials: null };
  const key = JSON.stringify(wanted);
  const settledKey = useDelayed(key, typingPauseMs);
  const isSettled = settledKey === key;
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'images.planPull',
      hostId: wanted?.hostId ?? localHostId,
      input: wanted,
      call: (signal) => {
        if (wanted === null) throw new Error('asked for a plan of nothing');
        return client.images.planPull(wanted, { signal });
      },
    }),
    enabled: wanted !== null && isSettled,
    // Whether a file of that name exists may have changed since.
    staleTime: 0,
    gcTime: 0,
  });
  if (wanted === null) return { plan: null, failure: null };
  return { plan: data ?? null, failure: error === null ? null : failureReport(error) };
}
