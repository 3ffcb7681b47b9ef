import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { type ComparisonPageInput, comparisonPageRows } from '#core/contract/compare.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';

export interface PagedList<Row> {
  readonly path: 'compare.files' | 'compare.packages';
  readonly taskId: TaskId;
  readonly filter: string;
  readonly call: (
    input: ComparisonPageInput,
    signal: AbortSignal,
  ) => Promise<{ readonly rows: readonly Row[]; readonly matching: number }>;
}

export interface PagedRows<Row> {
  /** How many rows match; null before the first answer. */
  readonly matching: number | null;
  readonly failure: ErrorReport | null;
  /** Null for a row that is not here yet. */
  readonly rowAt: (index: number) => Row | null;
  /** First and last row in view: their pages are asked for. */
  readonly showRange: (first: number, last: number) => void;
}

/** A long list of core, of which only the pages in view are asked for. */
export function usePagedRows<Row>({ path, taskId, filter, call }: PagedList<Row>): PagedRows<Row> {
  const [range, setRange] = useState({ first: 0, last: 0 });
  // The first page tells how many there are, wherever one looks.
  const pages = [...new Set([0, ...pagesBetween(range.first, range.last)])];
  const answers = useQueries({
    queries: pages.map((page) => ({
      ...contractQuery({
        path,
        hostId: null,
        input: { taskId, filter, page },
        call: (signal) => call({ taskId, filter, page }, signal),
      }),
      // A comparison that has ended does not change.
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  const failed = answers.find(({ error }) => error !== null)?.error ?? null;
  return {
    matching: answers[0]?.data?.matching ?? null,
    failure: failed === null ? null : failureReport(failed),
    rowAt(index) {
      const answer = answers[pages.indexOf(Math.floor(index / comparisonPageRows))];
      return answer?.data?.rows[index % comparisonPageRows] ?? null;
    },
    showRange(firstRow, lastRow) {
      const first = Math.floor(Math.max(0, firstRow) / comparisonPageRows);
      const last = Math.floor(Math.max(0, lastRow) / comparisonPageRows);
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    },
  };
}

function pagesBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
