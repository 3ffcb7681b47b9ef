import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { KeptComparison } from '#core/contract/compare.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useTasks } from '#renderer/state/tasks.ts';

/** Comparisons whose results are kept, newest first; null while they are not known. Read again when one has ended. */
export function useKeptComparisons(): {
  readonly kept: readonly KeptComparison[] | null;
  /** Their ids; null also while the list is read again. */
  readonly keptIds: readonly TaskId[] | null;
  readonly failure: ErrorReport | null;
} {
  const newestEnded = useTasks(
    ({ tasks }) =>
      tasks.find(({ kind, status }) => kind === 'image.compare' && status.state === 'succeeded')?.id ?? null,
  );
  const { data, error, isPlaceholderData } = useQuery({
    ...contractQuery({
      path: 'compare.list',
      hostId: null,
      input: newestEnded,
      call: (signal) => client.compare.list(undefined, { signal }),
    }),
    placeholderData: keepPreviousData,
  });
  const kept = data?.comparisons ?? null;
  return {
    kept,
    keptIds: isPlaceholderData ? null : (kept?.map(({ taskId }) => taskId) ?? null),
    failure: error === null ? null : failureReport(error),
  };
}
