import {
  type LucideIcon,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  ShieldQuestionMark,
  ShieldX,
} from 'lucide-react';
import type { Verification } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge, type BadgeTone } from './Badge.tsx';

export const verdictTones: Readonly<Record<Verification['verdict'], BadgeTone>> = {
  valid: 'ok',
  partial: 'warn',
  unsigned: 'plain',
  unknownKey: 'warn',
  expired: 'warn',
  revoked: 'bad',
  tampered: 'bad',
  invalid: 'bad',
  needsKey: 'warn',
  legacy: 'warn',
};

/** Signs that no other badge has, for what is best and what is worst. */
export const verdictIcons: Readonly<Record<Verification['verdict'], LucideIcon>> = {
  valid: ShieldCheck,
  partial: ShieldAlert,
  unsigned: ShieldOff,
  unknownKey: ShieldQuestionMark,
  expired: ShieldAlert,
  revoked: ShieldX,
  tampered: ShieldX,
  invalid: ShieldX,
  needsKey: ShieldQuestionMark,
  legacy: ShieldAlert,
};

/** What came of verifying an image: icon and word. */
export function VerdictBadge({ verdict }: { readonly verdict: Verification['verdict'] }) {
  const text = useText('trust');
  return (
    <Badge tone={verdictTones[verdict]} icon={verdictIcons[verdict]}>
      {text(`verdicts.${verdict}`)}
    </Badge>
  );
}
