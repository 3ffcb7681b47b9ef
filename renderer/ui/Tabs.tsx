import { Tabs as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './classNames.ts';

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

/** Pages of one thing, side by side. Arrow keys move between them. */
export function Tabs<Id extends string>({ label, value, onChange, items, isInset = false }: TabsProps<Id>) {
  function choose(chosen: string) {
    const item = items.find((candidate) => candidate.id === chosen);
    if (item !== undefined) onChange(item.id);
  }
  return (
    <Primitive.Root value={value} onValueChange={choose} className="flex min-h-0 flex-1 flex-col">
      <Primitive.List
        aria-label={label}
        className={classNames(
          'flex shrink-0 gap-0.5 overflow-x-auto border-b border-line [scrollbar-width:none]',
          isInset && 'px-1.25',
        )}
      >
        {items.map((item) => (
          <Primitive.Trigger
            key={item.id}
            value={item.id}
            className="flex items-center gap-1.5 px-1.75 py-1.25 text-small whitespace-nowrap text-ink-2 hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:font-semibold data-[state=active]:text-ink data-[state=active]:shadow-[inset_0_-2px_var(--accent)]"
          >
            {item.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
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
