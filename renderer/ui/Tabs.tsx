import { ChevronsRight } from 'lucide-react';
import { Tabs as Primitive } from 'radix-ui';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from './classNames.ts';
import { IconButton } from './IconButton.tsx';
import { Menu } from './Menu.tsx';
import { useElementSize } from './useElementSize.ts';

export interface TabItem<Id extends string> {
  readonly id: Id;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps<Id extends string> {
  readonly label: string;
  readonly value: Id;
  readonly onChange: (id: Id) => void;
  readonly items: readonly TabItem<Id>[];
  /** The tabs' words stand above those of a page that has its own margin of 12 px. */
  readonly isInset?: boolean;
}

/** Pages of one thing, side by side. Arrow keys move between them; a menu has those that there is no room for. */
export function Tabs<Id extends string>({ label, value, onChange, items, isInset = false }: TabsProps<Id>) {
  const text = useText('common');
  const bar = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const hiddenIds = useHiddenTabs(bar, list, items.map(({ id }) => id).join(' '));
  const hidden = items.filter(({ id }) => hiddenIds.includes(id));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab comes into view when it is chosen
  useEffect(() => {
    const active = list.current?.querySelector('[data-state=active]');
    // What draws nothing has nowhere to scroll.
    active?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
  }, [value]);
  function choose(chosen: string) {
    const item = items.find((candidate) => candidate.id === chosen);
    if (item !== undefined) onChange(item.id);
  }
  return (
    <Primitive.Root value={value} onValueChange={choose} className="flex min-h-0 flex-1 flex-col">
      <div
        ref={bar}
        className={classNames('flex shrink-0 items-center border-b border-line', isInset && 'px-1.25')}
      >
        <Primitive.List
          ref={list}
          aria-label={label}
          className="flex min-w-0 flex-1 gap-0.5 overflow-x-auto [scrollbar-width:none]"
        >
          {items.map((item) => (
            <Primitive.Trigger
              key={item.id}
              value={item.id}
              data-tab={item.id}
              className="flex items-center gap-1.5 px-1.75 py-1.25 text-small whitespace-nowrap text-ink-2 hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:font-semibold data-[state=active]:text-ink data-[state=active]:shadow-[inset_0_-2px_var(--accent)]"
            >
              {item.label}
            </Primitive.Trigger>
          ))}
        </Primitive.List>
        {hidden.length === 0 ? null : (
          <Menu
            align="end"
            trigger={<IconButton size="small" icon={ChevronsRight} label={text('moreTabs')} />}
            entries={hidden.map(({ id, label: words }) => ({
              id,
              label: words,
              onSelect: () => onChange(id),
            }))}
          />
        )}
      </div>
      {items.map((item) => (
        <Primitive.Content
          key={item.id}
          value={item.id}
          className="min-h-0 flex-1 overflow-auto pt-2.5 focus-visible:-outline-offset-2"
        >
          {item.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}

/** Ids of the tabs that are not wholly seen, as the bar is wide and scrolled now. */
function useHiddenTabs(
  bar: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  ids: string,
): readonly string[] {
  const { width } = useElementSize(bar);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the width and the tabs decide what is seen
  useLayoutEffect(() => {
    const element = list.current;
    const outer = bar.current;
    if (element === null || outer === null) return;
    const measure = () => {
      // Measured against the whole bar: the menu's own room must not be what makes it come and go.
      const fits = element.scrollWidth <= outer.clientWidth;
      const { left, right } = element.getBoundingClientRect();
      const tabs = fits ? [] : [...element.querySelectorAll<HTMLElement>('[data-tab]')];
      const cut = tabs.filter((tab) => {
        const box = tab.getBoundingClientRect();
        return box.left < left - 1 || box.right > right + 1;
      });
      const found = cut.map((tab) => tab.dataset['tab'] ?? '');
      setHidden((old) => (old.join(' ') === found.join(' ') ? old : found));
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    return () => element.removeEventListener('scroll', measure);
  }, [width, ids, hidden.length, bar, list]);
  return hidden;
}
