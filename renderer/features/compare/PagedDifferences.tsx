import { useDeferredValue } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { type DifferenceColumn, DifferenceTable } from './DifferenceTable.tsx';
import { type PagedList, type PagedRows, usePagedRows } from './usePagedRows.ts';

export interface PagedDifferencesProps<Row> {
  readonly label: string;
  readonly filterLabel: string;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  readonly list: Omit<PagedList<Row>, 'filter'>;
  readonly columns: readonly DifferenceColumn<Row>[];
  /** Rows without any filter. */
  readonly total: number;
  /** What the list leaves out. */
  readonly note: string | null;
  /** In the place of the rows, when nothing differs. */
  readonly sameText: string;
}

/** A long list of differences under its filter. */
export function PagedDifferences<Row>(props: PagedDifferencesProps<Row>) {
  const text = useText('compare');
  const { filter, total } = props;
  const rows = usePagedRows({ ...props.list, filter: useDeferredValue(filter) });
  if (total === 0) return <p className="px-3 text-ink-2">{props.sameText}</p>;
  return (
    <div className="flex h-full min-h-0 flex-col gap-2">
      <search className="flex shrink-0 items-center gap-3 px-3">
        <SearchField label={props.filterLabel} value={filter} onChange={props.onFilter} className="w-64" />
        <p role="status" className="text-small text-ink-3">
          {rows.matching === null
            ? text('reading')
            : rows.matching === total
              ? text('matching', { count: total })
              : text('matchingOf', { shown: rows.matching, count: total })}
        </p>
        {props.note === null ? null : <p className="text-small text-ink-2">{props.note}</p>}
      </search>
      <div className="min-h-0 flex-1">
        <Rows {...props} rows={rows} />
      </div>
    </div>
  );
}

function Rows<Row>({ label, columns, rows }: PagedDifferencesProps<Row> & { readonly rows: PagedRows<Row> }) {
  const text = useText('compare');
  if (rows.failure !== null) {
    return (
      <div className="px-3">
        <ErrorNotice report={rows.failure} />
      </div>
    );
  }
  if (rows.matching === null) return <SkeletonRows label={text('reading')} />;
  if (rows.matching === 0) return <p className="px-3 text-ink-2">{text('nothing')}</p>;
  return (
    <DifferenceTable
      label={label}
      columns={columns}
      count={rows.matching}
      rowAt={rows.rowAt}
      onRange={rows.showRange}
    />
  );
}
