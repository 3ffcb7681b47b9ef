import { Tooltip as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { Kbd } from './Kbd.tsx';

export interface TooltipProps {
  readonly text: ReactNode;
  /** Shown as keys: `Mod+Shift+P`. */
  readonly shortcut?: string | undefined;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  /** One element that takes a ref and props. */
  readonly children: ReactNode;
}

/** A short explanation on hover and focus. Never the only place of a fact. */
export function Tooltip({ text, shortcut, side = 'bottom', children }: TooltipProps) {
  return (
    <Primitive.Provider delayDuration={450} skipDelayDuration={200} disableHoverableContent>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            side={side}
            sideOffset={5}
            collisionPadding={6}
            className="appear z-50 flex max-w-80 items-center gap-2 rounded-control border border-line-strong bg-bg px-2 py-1 text-small text-ink shadow-lift"
          >
            {text}
            {shortcut === undefined ? null : <Kbd shortcut={shortcut} />}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  );
}
