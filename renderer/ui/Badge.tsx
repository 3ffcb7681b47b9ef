import { Check, Info, type LucideIcon, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './classNames.ts';

export type BadgeTone = 'plain' | 'ok' | 'warn' | 'bad' | 'accent';

const tones: Readonly<Record<BadgeTone, string>> = {
  plain: 'border-line bg-panel text-ink-2',
  ok: 'border-transparent bg-ok-soft text-ok',
  warn: 'border-transparent bg-warn-soft text-warn',
  bad: 'border-transparent bg-bad-soft text-bad',
  accent: 'border-transparent bg-accent-soft text-accent',
};
const icons: Readonly<Record<BadgeTone, LucideIcon | null>> = {
  plain: null,
  ok: Check,
  warn: TriangleAlert,
  bad: X,
  accent: Info,
};

export interface BadgeProps {
  readonly tone?: BadgeTone;
  /** In the place of the tone's own icon; null for none. */
  readonly icon?: LucideIcon | null;
  readonly children: ReactNode;
}

/** A word of status: icon and word, so that colour is never the only sign. */
export function Badge({ tone = 'plain', icon, children }: BadgeProps) {
  const Icon = icon === undefined ? icons[tone] : icon;
  return (
    <span
      className={classNames(
        'inline-flex h-4.5 shrink-0 items-center gap-1 rounded-pill border px-1.75 text-tiny leading-none font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {Icon === null ? null : <Icon aria-hidden className="size-3 shrink-0" strokeWidth={2.25} />}
      {children}
    </span>
  );
}
