import type { ReactNode } from 'react';
import { classNames } from './classNames.ts';

export interface ChipProps {
  readonly isOn: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

/** A filter that is on or off. */
export function Chip({ isOn, onToggle, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onToggle}
      className={classNames(
        'inline-flex h-5.5 shrink-0 items-center gap-1.5 rounded-pill border px-2.25 text-small whitespace-nowrap',
        isOn
          ? 'border-accent-soft bg-accent-soft font-semibold text-accent'
          : 'border-line text-ink-2 hover:bg-hover hover:text-ink',
      )}
    >
      {children}
    </button>
  );
}
