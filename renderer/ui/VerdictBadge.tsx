import type { Verification } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge, type BadgeTone } from './Badge.tsx';

const tones: Readonly<Record<Verification['verdict'], BadgeTone>> = {
  valid: 'ok',
  partial: 'warn',
  unsigned: 'plain',
  unknownKey: 'warn',
  expired: 'warn',
  tampered: 'bad',
  invalid: 'bad',
  needsKey: 'warn',
  legacy: 'warn',
};

/** What came of verifying an image: icon and word. */
export function VerdictBadge({ verdict }: { readonly verdict: Verification['verdict'] }) {
  const text = useText('trust');
  return <Badge tone={tones[verdict]}>{text(`verdicts.${verdict}`)}</Badge>;
}
