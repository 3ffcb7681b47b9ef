// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be placed where a virtual list needs them
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names its active row
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useId,
  useRef,
} from 'react';
import { useRowHeight, useZoom } from '#renderer/state/settings.ts';
import { classNames } from './classNames.ts';
import { nextRow } from './rowKeys.ts';
import { useElementSize } from './useElementSize.ts';

export interface GridColumn<Row> {
  readonly id: string;
  readonly label: string;
  /** Track of a CSS grid: `minmax(8rem, 1fr)`. */
  readonly width: string;
  readonly isEnd?: boolean;
  /** Left out where the grid is narrower than this, in rem. */
  readonly fromRem?: number;
  /** Given, a press on its head sorts by it; the text says why it cannot, when it cannot. */
  readonly sort?: { readonly onSort: () => void; readonly problem: string | null };
  readonly cell: (row: Row) => ReactNode;
}

export interface RowGridProps<Row> {
  readonly label: string;
  readonly hint: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What a row is found by when letters are typed; its key when not given. */
  readonly nameOf?: (row: Row) => string;
  readonly columns: readonly GridColumn<Row>[];
  readonly sorted?: { readonly id: string; readonly isDescending: boolean } | undefined;
  /** Key of the row that is open. */
  readonly openKey: string | null;
  /** Key of the row that the keyboard is at; the parent keeps it. */
  readonly activeKey: string | null;
  readonly onActive: (key: string) => void;
  /** Enter, ArrowRight or a press. */
  readonly onOpen: (row: Row, by: 'key' | 'press') => void;
  /** Backspace or ArrowLeft. */
  readonly onBack?: () => void;
  /** First and last row in view. */
  readonly onRange?: (first: number, last: number) => void;
  readonly isBusy: boolean;
  /** In the place of the rows, when there are none. */
  readonly placeholder: ReactNode;
  /** After the last row. */
  readonly end?: ReactNode;
  /** Asked when the grid appears: whether it takes the keyboard. */
  readonly takesFocus?: () => boolean;
}

const overscanRows = 10;
const typeAheadMs = 1000;

/** Rows of one line each: only those in view exist, whatever their number. Arrow keys move, Enter opens. */
export function RowGrid<Row>(props: RowGridProps<Row>) {
  const { rows, keyOf } = props;
  const id = useId();
  const gridRef = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const rowHeight = useRowHeight();
  const size = useElementSize(gridRef);
  const widthRem = size.width / (16 * useZoom());
  const columns = props.columns.filter(({ fromRem = 0 }) => widthRem >= fromRem);
  const headHeight = rowHeight * 0.93;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => rowHeight,
    overscan: overscanRows,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
  });
  const { measure, scrollToIndex } = virtualizer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that the virtualizer keeps are stale after a zoom
  useEffect(() => measure(), [measure, rowHeight]);
  const takeFocus = useEffectEvent(() => props.takesFocus?.() ?? false);
  useEffect(() => {
    if (takeFocus()) gridRef.current?.focus();
  }, []);

  const activeIndex = props.activeKey === null ? -1 : rows.findIndex((row) => keyOf(row) === props.activeKey);
  const showActive = useEffectEvent(() => {
    if (activeIndex >= 0) scrollToIndex(activeIndex, { align: 'auto' });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever made another row active, it comes into view
  useEffect(() => showActive(), [props.activeKey]);

  const items = virtualizer.getVirtualItems();
  const poolSize = Math.ceil(size.height / rowHeight) + 2 * overscanRows + 2;
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? -1];
  const tellRange = useEffectEvent(() => props.onRange?.(first, last));
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows may stand in the same places
  useEffect(() => tellRange(), [first, last, rows]);

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const active = rows[activeIndex];
    if ((event.key === 'Enter' || event.key === 'ArrowRight') && active !== undefined) {
      event.preventDefault();
      props.onOpen(active, 'key');
      return;
    }
    if (event.key === 'Backspace' || event.key === 'ArrowLeft') {
      if (props.onBack === undefined) return;
      event.preventDefault();
      props.onBack();
      return;
    }
    const isFresh = event.timeStamp - typed.current.at < typeAheadMs;
    const answer = nextRow(event.key, {
      names: () => rows.map(props.nameOf ?? keyOf),
      count: rows.length,
      at: activeIndex,
      pageRows: Math.max(1, Math.floor((size.height - headHeight) / rowHeight) - 1),
      typed: isFresh ? typed.current.text : '',
    });
    if (answer === null) return;
    event.preventDefault();
    typed.current = { text: answer.typed, at: event.timeStamp };
    const row = rows[answer.at];
    if (row !== undefined) props.onActive(keyOf(row));
  }

  function rowOf(event: MouseEvent): Row | undefined {
    const element = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    return rows[Number(element?.getAttribute('data-index') ?? -1)];
  }

  function onClick(event: MouseEvent<HTMLDivElement>) {
    const row = rowOf(event);
    // A button in a row does its own work.
    if (row === undefined || (event.target instanceof Element && event.target.closest('button'))) return;
    props.onActive(keyOf(row));
    props.onOpen(row, 'press');
  }

  const style: CSSProperties & Record<'--columns', string> = {
    '--columns': columns.map(({ width }) => width).join(' '),
  };
  return (
    <div
      ref={gridRef}
      role="grid"
      data-home-focus
      tabIndex={0}
      aria-label={props.label}
      aria-description={props.hint}
      aria-busy={props.isBusy}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      // A row that was scrolled away does not exist.
      aria-activedescendant={
        activeIndex < 0 || activeIndex < first || activeIndex > last ? undefined : `${id}${activeIndex}`
      }
      onKeyDown={onKeyDown}
      onClick={onClick}
      onContextMenu={(event) => {
        const row = rowOf(event);
        if (row !== undefined) props.onActive(keyOf(row));
      }}
      style={style}
      className={classNames(
        'group/grid relative h-full overflow-auto [scrollbar-gutter:stable]',
        activeIndex < 0 ? 'focus-visible:-outline-offset-2' : 'focus-visible:outline-none',
      )}
    >
      {rows.length === 0 && !props.isBusy ? null : <Head columns={columns} sorted={props.sorted} />}
      {rows.length === 0 ? (
        <div role="rowgroup" className={props.isBusy ? 'h-[calc(100%-1.625rem)]' : 'h-full'}>
          <div role="row" className="h-full">
            <div role="gridcell" className="h-full">
              {props.placeholder}
            </div>
          </div>
        </div>
      ) : (
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const key = keyOf(row);
            const isActive = item.index === activeIndex;
            return (
              <div
                // A row that leaves the view at one end becomes the one that enters at the other.
                key={item.index % poolSize}
                role="row"
                id={`${id}${item.index}`}
                aria-rowindex={item.index + 2}
                aria-selected={key === props.openKey}
                data-index={item.index}
                style={{ transform: `translateY(${item.start - headHeight}px)` }}
                className={classNames(
                  'absolute inset-x-0 top-0 grid h-7 grid-cols-(--columns) items-center border-b border-line/55',
                  key === props.openKey ? 'bg-selected' : isActive ? 'bg-hover' : 'hover:bg-hover',
                  isActive &&
                    'group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent',
                )}
              >
                {columns.map((column) => (
                  <div
                    key={column.id}
                    role="gridcell"
                    className={classNames(
                      'flex min-w-0 items-center gap-1.5 px-2 first:pl-3',
                      column.isEnd === true && 'justify-end tabular-nums',
                    )}
                  >
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      )}
      {rows.length === 0 || props.end === undefined ? null : (
        <div role="rowgroup">
          <div role="row">
            <div role="gridcell">{props.end}</div>
          </div>
        </div>
      )}
    </div>
  );
}

function Head<Row>({ columns, sorted }: Pick<RowGridProps<Row>, 'columns' | 'sorted'>) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-bg">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-6.5 grid-cols-(--columns) border-b border-line text-small text-ink-3"
      >
        {columns.map((column) => {
          const isSorted = sorted?.id === column.id;
          const Arrow = sorted?.isDescending === true ? ArrowDown : ArrowUp;
          const className = classNames(
            'flex size-full min-w-0 items-center gap-1 px-2',
            column === columns[0] && 'pl-3',
            column.isEnd === true && 'justify-end',
            isSorted && 'font-medium text-ink-2',
          );
          return (
            <div
              key={column.id}
              role="columnheader"
              {...(column.sort === undefined
                ? {}
                : { 'aria-sort': isSorted ? (sorted.isDescending ? 'descending' : 'ascending') : 'none' })}
              className="min-w-0"
            >
              {column.sort === undefined ? (
                <span className={className}>
                  <span className="truncate">{column.label}</span>
                </span>
              ) : (
                <button
                  type="button"
                  title={column.sort.problem ?? undefined}
                  disabled={column.sort.problem !== null}
                  onClick={column.sort.onSort}
                  className={classNames(
                    className,
                    'focus-visible:-outline-offset-2 not-disabled:hover:text-ink',
                  )}
                >
                  <span className="truncate">{column.label}</span>
                  {isSorted ? <Arrow aria-hidden className="size-3 shrink-0" /> : null}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
