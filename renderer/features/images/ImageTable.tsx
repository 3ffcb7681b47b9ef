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
  useRef,
} from 'react';
import type { Image } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useRowHeight, useZoom } from '#renderer/state/settings.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { useElementSize } from '#renderer/ui/useElementSize.ts';
import { ImageTableRow } from './ImageTableRow.tsx';
import { imageKey, indexOfKey } from './imageKey.ts';
import type { ImageSort, SortColumn } from './imageRow.ts';
import { type ImageVerdicts, verdictOf } from './imageVerdicts.ts';
import { noRowHost, type RowHosts } from './rowHosts.ts';
import { useRowWords } from './rowWords.ts';
import { type Selection, selectOnly, selectTo, toggleRow } from './selection.ts';
import { columnsFor } from './tableColumns.ts';
import { answerKey } from './tableKeys.ts';
import { useToday } from './useToday.ts';

export interface ImageTableProps {
  readonly rows: readonly Image[];
  readonly sort: ImageSort;
  readonly onSort: (sort: ImageSort) => void;
  /** Another object for another order or filter of the rows. */
  readonly view: object;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  /** Enter, or a double click. */
  readonly onOpen: () => void;
  /** The hosts of the rows. */
  readonly hosts: RowHosts;
  readonly verdicts: ImageVerdicts;
  /** Whether a column says which host an image is on. */
  readonly hasHostColumn: boolean;
  readonly isBusy: boolean;
  /** Rows that stay in view above the images, and how many there are. */
  readonly pinned: ReactNode;
  readonly pinnedCount: number;
  /** In the place of the rows, when there are none. */
  readonly placeholder: ReactNode;
}

const overscanRows = 14;
const typeAheadMs = 1000;
const rowId = (index: number) => `image-row-${index}`;

/** The images as a grid: only the rows in view exist, whatever their number. */
export function ImageTable(props: ImageTableProps) {
  const { rows, selection, pinnedCount } = props;
  const text = useText('images');
  const gridRef = useRef<HTMLDivElement>(null);
  const topRef = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const rowHeight = useRowHeight();
  const zoom = useZoom();
  const grid = useElementSize(gridRef);
  const top = useElementSize(topRef);
  const now = useToday();
  const words = useRowWords();
  const { columns, template } = columnsFor(grid.width / (16 * zoom), props.hasHostColumn);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => rowHeight,
    overscan: overscanRows,
    scrollMargin: top.height,
    scrollPaddingStart: top.height,
  });
  const { measure, scrollToIndex } = virtualizer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that the virtualizer keeps are stale after a zoom
  useEffect(() => measure(), [measure, rowHeight]);

  const poolSize = Math.ceil(grid.height / rowHeight) + 2 * overscanRows + 2;
  const activeIndex = indexOfKey(rows, selection.active);

  const showActive = useEffectEvent(() => {
    if (activeIndex >= 0) scrollToIndex(activeIndex, { align: 'auto' });
  });
  const showTop = useEffectEvent(() => {
    if (activeIndex >= 0) scrollToIndex(activeIndex, { align: 'center' });
    else gridRef.current?.scrollTo({ top: 0 });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order or filter shows its beginning, or the active row
  useEffect(() => showTop(), [props.view]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever made another row active, it comes into view
  useEffect(() => showActive(), [selection.active]);

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.target !== event.currentTarget) return;
    const isFresh = event.timeStamp - typed.current.at < typeAheadMs;
    const answer = answerKey(event, {
      rows,
      selection,
      pageRows: Math.floor((grid.height - top.height) / rowHeight) - 1,
      typed: isFresh ? typed.current.text : '',
    });
    if (answer.kind === 'none') return;
    event.preventDefault();
    if (answer.kind === 'open') props.onOpen();
    else {
      typed.current = { text: answer.typed, at: event.timeStamp };
      props.onSelect(answer.selection);
    }
  }

  function rowOf(event: MouseEvent): Image | undefined {
    const element = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    return rows[Number(element?.getAttribute('data-index') ?? -1)];
  }

  function onMouseDown(event: MouseEvent<HTMLDivElement>) {
    const row = rowOf(event);
    if (row === undefined) return;
    if (event.button === 2 || (event.button === 0 && event.ctrlKey && event.metaKey)) {
      if (!selection.selected.has(imageKey(row))) props.onSelect(selectOnly(imageKey(row)));
      return;
    }
    if (event.button !== 0) return;
    if (event.shiftKey) props.onSelect(selectTo(selection, rows, imageKey(row)));
    else if (event.ctrlKey || event.metaKey) props.onSelect(toggleRow(selection, imageKey(row)));
    else props.onSelect(selectOnly(imageKey(row)));
  }

  const style: CSSProperties & Record<'--columns', string> = { '--columns': template };
  return (
    <div
      ref={gridRef}
      role="grid"
      data-home-focus
      tabIndex={0}
      aria-label={text('table')}
      aria-description={text('tableHint')}
      aria-multiselectable
      aria-busy={props.isBusy}
      aria-rowcount={rows.length + pinnedCount + 1}
      aria-colcount={columns.length}
      aria-activedescendant={activeIndex < 0 ? undefined : rowId(activeIndex)}
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
      onDoubleClick={(event) => (rowOf(event) === undefined ? undefined : props.onOpen())}
      style={style}
      className={classNames(
        'group/grid relative h-full overflow-auto [scrollbar-gutter:stable]',
        // The active row shows where the keyboard is; before there is one, the grid does.
        activeIndex < 0 ? 'focus-visible:-outline-offset-2' : 'focus-visible:outline-none',
      )}
    >
      <div ref={topRef} role="presentation" className="sticky top-0 z-10 bg-bg">
        <HeaderRow columns={columns} sort={props.sort} onSort={props.onSort} />
        {props.pinned}
      </div>
      {rows.length === 0 ? (
        <div role="rowgroup" style={{ height: `calc(100% - ${top.height}px)` }}>
          <div role="row" className="h-full">
            <div role="gridcell" className="h-full">
              {props.placeholder}
            </div>
          </div>
        </div>
      ) : (
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const image = rows[item.index];
            if (image === undefined) return null;
            return (
              <ImageTableRow
                // A row that leaves the view at one end becomes the one that enters at the other: nothing is built anew.
                key={item.index % poolSize}
                id={rowId(item.index)}
                image={image}
                index={item.index}
                ariaRowIndex={item.index + pinnedCount + 2}
                top={item.start - top.height}
                isSelected={selection.selected.has(imageKey(image))}
                isActive={item.index === activeIndex}
                columns={columns}
                host={props.hosts.get(image.hostId) ?? noRowHost}
                verdict={verdictOf(props.verdicts, image)}
                words={words}
                now={now}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

interface HeaderRowProps {
  readonly columns: readonly SortColumn[];
  readonly sort: ImageSort;
  readonly onSort: (sort: ImageSort) => void;
}

/** Columns whose first click shows the newest or largest. */
const descendingFirst: ReadonlySet<SortColumn> = new Set(['size', 'created']);

function HeaderRow({ columns, sort, onSort }: HeaderRowProps) {
  const text = useText('images');
  return (
    <div role="rowgroup">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-6.5 grid-cols-(--columns) border-b border-line text-small text-ink-3"
      >
        {columns.map((column) => {
          const isSorted = sort.column === column;
          const Arrow = sort.isDescending ? ArrowDown : ArrowUp;
          return (
            <div
              key={column}
              role="columnheader"
              aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
              className="min-w-0"
            >
              <button
                type="button"
                onClick={() =>
                  onSort({
                    column,
                    isDescending: isSorted ? !sort.isDescending : descendingFirst.has(column),
                  })
                }
                className={classNames(
                  'flex size-full min-w-0 items-center gap-1 px-2 hover:text-ink focus-visible:-outline-offset-2',
                  column === 'name' && 'pl-3',
                  column === 'size' && 'justify-end',
                  isSorted && 'font-medium text-ink-2',
                )}
              >
                <span className="truncate">{text(`columns.${column}`)}</span>
                {isSorted ? <Arrow aria-hidden className="size-3 shrink-0" /> : null}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
