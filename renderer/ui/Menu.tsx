import { Check, type LucideIcon } from 'lucide-react';
import { ContextMenu as ContextPrimitive, DropdownMenu as DropdownPrimitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './classNames.ts';
import { Kbd } from './Kbd.tsx';

/** A line of a menu, or a separating rule. */
export type MenuEntry =
  | 'separator'
  | {
      readonly id: string;
      readonly label: ReactNode;
      readonly icon?: LucideIcon | undefined;
      readonly shortcut?: string | undefined;
      readonly detail?: ReactNode;
      readonly isDisabled?: boolean | undefined;
      readonly isDanger?: boolean | undefined;
      /** Given, the line shows whether it is chosen. */
      readonly isChecked?: boolean | undefined;
      readonly onSelect: () => void;
    };

const contentClass =
  'appear z-50 max-h-(--radix-popper-available-height) min-w-48 overflow-auto rounded-card border border-line-strong bg-bg p-1 shadow-lift';
const separatorClass = 'mx-1 my-1 h-px bg-line';

function itemClass(entry: Exclude<MenuEntry, 'separator'>): string {
  return classNames(
    'flex min-h-7 items-center gap-2 rounded-small px-2 outline-none select-none data-disabled:opacity-50',
    entry.isDanger === true ? 'text-bad data-highlighted:bg-bad-soft' : 'data-highlighted:bg-accent-soft',
  );
}

function ItemBody({ entry }: { readonly entry: Exclude<MenuEntry, 'separator'> }) {
  const Icon = entry.isChecked === true ? Check : entry.icon;
  return (
    <>
      <span className="grid size-4 shrink-0 place-items-center">
        {Icon === undefined ? null : <Icon aria-hidden className="size-4" strokeWidth={1.75} />}
      </span>
      <span className="flex-1 whitespace-nowrap">{entry.label}</span>
      {entry.detail === undefined ? null : <span className="pl-4 text-small text-ink-2">{entry.detail}</span>}
      {entry.shortcut === undefined ? null : <Kbd shortcut={entry.shortcut} />}
    </>
  );
}

function withKeys(entries: readonly MenuEntry[]) {
  let last = 'start';
  return entries.map((entry) => {
    const key = entry === 'separator' ? `after ${last}` : entry.id;
    last = key;
    return { key, entry };
  });
}

export interface MenuProps {
  /** One button that opens it. */
  readonly trigger: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'end';
}

/** A menu that drops from a button. */
export function Menu({ trigger, entries, align = 'start' }: MenuProps) {
  return (
    <DropdownPrimitive.Root>
      <DropdownPrimitive.Trigger asChild>{trigger}</DropdownPrimitive.Trigger>
      <DropdownPrimitive.Portal>
        <DropdownPrimitive.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={classNames(contentClass, 'min-w-(--radix-popper-anchor-width)')}
        >
          {withKeys(entries).map(({ key, entry }) =>
            entry === 'separator' ? (
              <DropdownPrimitive.Separator key={key} className={separatorClass} />
            ) : entry.isChecked === undefined ? (
              <DropdownPrimitive.Item
                key={key}
                disabled={entry.isDisabled === true}
                onSelect={entry.onSelect}
                className={itemClass(entry)}
              >
                <ItemBody entry={entry} />
              </DropdownPrimitive.Item>
            ) : (
              <DropdownPrimitive.CheckboxItem
                key={key}
                checked={entry.isChecked}
                disabled={entry.isDisabled === true}
                onSelect={entry.onSelect}
                className={itemClass(entry)}
              >
                <ItemBody entry={entry} />
              </DropdownPrimitive.CheckboxItem>
            ),
          )}
        </DropdownPrimitive.Content>
      </DropdownPrimitive.Portal>
    </DropdownPrimitive.Root>
  );
}

export interface ContextMenuProps {
  /** The place that is right-clicked, one element. */
  readonly children: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly onOpenChange?: (isOpen: boolean) => void;
}

/** A menu on right click, on the menu key and on Shift+F10. */
export function ContextMenu({ children, entries, onOpenChange }: ContextMenuProps) {
  return (
    <ContextPrimitive.Root {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <ContextPrimitive.Trigger asChild>{children}</ContextPrimitive.Trigger>
      <ContextPrimitive.Portal>
        <ContextPrimitive.Content collisionPadding={8} className={contentClass}>
          {withKeys(entries).map(({ key, entry }) =>
            entry === 'separator' ? (
              <ContextPrimitive.Separator key={key} className={separatorClass} />
            ) : (
              <ContextPrimitive.Item
                key={key}
                disabled={entry.isDisabled === true}
                onSelect={entry.onSelect}
                className={itemClass(entry)}
              >
                <ItemBody entry={entry} />
              </ContextPrimitive.Item>
            ),
          )}
        </ContextPrimitive.Content>
      </ContextPrimitive.Portal>
    </ContextPrimitive.Root>
  );
}
