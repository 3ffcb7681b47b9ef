import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { BuildInput, BuildPlan } from '#core/contract/builds.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';

const typingPauseMs = 250;

export interface BuildPlanAnswer {
  readonly plan: BuildPlan | null;
  readonly failure: ErrorReport | null;
  readonly isPlanning: boolean;
}

/** What a build would do, asked when the typing pauses. Secrets do not belong into the question. */
export function useBuildPlan(question: BuildInput | null): BuildPlanAnswer {
  const key = JSON.stringify(question);
  const [settledKey, setSettledKey] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setSettledKey(key), typingPauseMs);
    return () => clearTimeout(timer);
  }, [key]);
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'builds.plan',
      hostId: question?.hostId ?? null,
      input: question,
      call: (signal) => {
        if (question === null) throw new Error('asked for a plan of nothing');
        return client.builds.plan(question, { signal });
      },
    }),
    enabled: question !== null && settledKey === key,
    // Disk, host and target may have changed since.
    staleTime: 0,
    gcTime: 0,
  });
  if (question === null) return { plan: null, failure: null, isPlanning: false };
  return {
    plan: data ?? null,
    failure: error === null ? null : failureReport(error),
    isPlanning: data === undefined && error === null,
  };
}
