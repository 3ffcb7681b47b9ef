// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be placed where a virtual list needs them
// biome-ignore-all lint/a11y/useFocusableInteractive: the table scrolls as a whole, its rows do nothing
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling table must be reachable from the keyboard
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import { useRowHeight } from '#renderer/state/settings.ts';
import { classNames } from '#renderer/ui/classNames.ts';

export interface DifferenceColumn<Row> {
  readonly id: string;
  readonly label: string;
  /** Track of a CSS grid: `minmax(8rem, 1fr)`. */
  readonly width: string;
  readonly isEnd?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface DifferenceTableProps<Row> {
  readonly label: string;
  readonly columns: readonly DifferenceColumn<Row>[];
  readonly count: number;
  /** Null for a row that is still read. */
  readonly rowAt: (index: number) => Row | null;
  /** First and last row in view. */
  readonly onRange?: (first: number, last: number) => void;
}

const overscanRows = 12;

/** Differences one under the other: only the rows in view exist, whatever their number. */
export function DifferenceTable<Row>({ label, columns, count, rowAt, onRange }: DifferenceTableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: overscanRows,
  });
  const { measure } = virtualizer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that the virtualizer keeps are stale after a zoom
  useEffect(() => measure(), [measure, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const tellRange = useEffectEvent(() => onRange?.(first, last));
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows may stand in the same places
  useEffect(() => tellRange(), [first, last, count]);
  const style: CSSProperties & Record<'--columns', string> = {
    '--columns': columns.map(({ width }) => width).join(' '),
  };
  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      style={style}
      data-selectable
      className="relative h-full overflow-auto [scrollbar-gutter:stable] focus-visible:-outline-offset-2"
    >
      <div role="rowgroup" className="sticky top-0 z-10 bg-bg">
        <div
          role="row"
          aria-rowindex={1}
          className="grid h-6.5 grid-cols-(--columns) items-center border-b border-line text-small text-ink-3"
        >
          {columns.map((column) => (
            <div
              key={column.id}
              role="columnheader"
              className={classNames('truncate px-2 first:pl-3', column.isEnd === true && 'text-right')}
            >
              {column.label}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rowAt(index);
          return (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 2}
              style={{ transform: `translateY(${start}px)` }}
              className="absolute inset-x-0 top-0 grid h-7 grid-cols-(--columns) items-center border-b border-line/55 hover:bg-hover"
            >
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="cell"
                  className={classNames(
                    'flex min-w-0 items-center gap-1.5 px-2 first:pl-3',
                    column.isEnd === true && 'justify-end tabular-nums',
                  )}
                >
                  {row === null ? <span className="h-2.5 w-16 rounded-pill bg-line" /> : column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
