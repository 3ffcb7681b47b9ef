import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { classNames } from './classNames.ts';
import { type Direction, neighbour, squarify } from './squarify.ts';
import { useElementSize } from './useElementSize.ts';

export interface TreemapItem {
  readonly id: string;
  readonly weight: number;
  /** Shown inside where it fits: `3`. */
  readonly label: string;
  /** A second line where it fits: `31 MB`. */
  readonly detail: string;
  /** What is read out, and shown on hover. */
  readonly name: string;
}

export interface TreemapProps {
  /** Names the picture. */
  readonly label: string;
  readonly items: readonly TreemapItem[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly className?: string;
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const colours = ['bg-tile-0', 'bg-tile-1', 'bg-tile-2', 'bg-tile-3', 'bg-tile-4', 'bg-tile-5'] as const;

/** Class of the colour of the n-th tile, for a list beside the picture. */
export function tileColour(index: number): string {
  return colours[index % colours.length] ?? colours[0];
}

/** Sizes as areas. Arrow keys move between the tiles, Enter chooses. */
export function Treemap({ label, items, selected, onSelect, className }: TreemapProps) {
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  const { width, height } = useElementSize(ref);
  const [activeId, setActiveId] = useState<string | null>(null);
  const tiles = squarify(
    items.map(({ weight }) => weight),
    width,
    height,
  );
  const activeIndex = indexOf(items, activeId) ?? indexOf(items, selected) ?? largest(items);

  function onKeyDown(event: KeyboardEvent) {
    const direction = directions[event.key];
    const active = items[activeIndex];
    if (direction !== undefined) {
      event.preventDefault();
      setActiveId(items[neighbour(tiles, activeIndex, direction)]?.id ?? null);
    } else if ((event.key === 'Enter' || event.key === ' ') && active !== undefined) {
      event.preventDefault();
      onSelect(active.id);
    }
  }

  return (
    <div
      ref={ref}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={items.length === 0 ? undefined : `${id}${activeIndex}`}
      onKeyDown={onKeyDown}
      className={classNames('group/tiles relative overflow-hidden rounded-control bg-panel', className)}
    >
      {items.map((item, index) => {
        const tile = tiles[index];
        if (tile === undefined) return null;
        const isSelected = item.id === selected;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the picture has the keys
          <div
            key={item.id}
            id={`${id}${index}`}
            role="option"
            tabIndex={-1}
            aria-label={item.name}
            aria-selected={isSelected}
            title={item.name}
            onClick={() => {
              setActiveId(item.id);
              onSelect(item.id);
            }}
            style={{ left: tile.left, top: tile.top, width: tile.width, height: tile.height }}
            className="absolute p-px focus-visible:outline-none"
          >
            <div
              className={classNames(
                'flex size-full flex-col overflow-hidden rounded-[2px] text-tiny leading-tight text-tile-ink',
                tileColour(index),
                isSelected &&
                  'shadow-[inset_0_0_0_4px_var(--tile-ink)] outline-2 -outline-offset-2 outline-ink',
                index === activeIndex &&
                  'group-focus-visible/tiles:shadow-[inset_0_0_0_2px_var(--tile-ink),inset_0_0_0_4px_var(--accent)]',
              )}
            >
              {tile.width >= 10 + 7 * item.label.length && tile.height >= 20 ? (
                <span
                  aria-hidden
                  className={classNames(
                    'truncate pt-1 font-semibold tabular-nums',
                    tile.width < 34 ? 'px-0.75' : 'px-1.5',
                  )}
                >
                  {item.label}
                </span>
              ) : null}
              {tile.width >= 52 && tile.height >= 36 ? (
                <span aria-hidden className="truncate px-1.5 tabular-nums">
                  {item.detail}
                </span>
              ) : null}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function indexOf(items: readonly TreemapItem[], id: string | null): number | null {
  const index = id === null ? -1 : items.findIndex((item) => item.id === id);
  return index < 0 ? null : index;
}

function largest(items: readonly TreemapItem[]): number {
  return items.reduce((best, item, index) => (item.weight > (items[best]?.weight ?? 0) ? index : best), 0);
}
