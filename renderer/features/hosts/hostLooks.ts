import {
  Check,
  CircleDashed,
  CircleX,
  KeyRound,
  LoaderCircle,
  type LucideIcon,
  PlugZap,
  Signal,
  TriangleAlert,
} from 'lucide-react';
import type { HostCondition } from '#renderer/state/hosts.ts';
import type { BadgeTone } from '#renderer/ui/Badge.tsx';

export interface ConditionLook {
  readonly icon: LucideIcon;
  readonly tone: BadgeTone;
  /** Class of the icon, and of the word where no badge stands. */
  readonly className: string;
  readonly isTurning: boolean;
}

const quiet = { tone: 'plain', className: 'text-ink-3', isTurning: false } as const;
const good = { tone: 'ok', className: 'text-ok', isTurning: false } as const;
const busy = { icon: LoaderCircle, tone: 'accent', className: 'text-accent', isTurning: true } as const;
const wary = { tone: 'warn', className: 'text-warn', isTurning: false } as const;
const bad = { tone: 'bad', className: 'text-bad', isTurning: false } as const;

/** How each state of a host looks: always an icon of its own beside the word, never the colour alone. */
export const conditionLooks: Readonly<Record<HostCondition, ConditionLook>> = {
  checking: busy,
  ready: { ...good, icon: Check },
  noRuntime: { ...wary, icon: TriangleAlert },
  unknown: { ...quiet, icon: CircleDashed },
  disconnected: { ...quiet, icon: CircleDashed },
  connecting: busy,
  needsYou: { ...wary, icon: KeyRound },
  connected: { ...good, icon: Check },
  degraded: { ...wary, icon: Signal },
  lost: { ...bad, icon: PlugZap },
  refused: { ...bad, icon: CircleX },
};
