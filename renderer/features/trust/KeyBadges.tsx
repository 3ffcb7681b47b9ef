import { KeyRound } from 'lucide-react';
import type { TrustKey } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';

/** Whether a key can sign, and why it cannot be used. */
export function KeyBadges({ trustKey: { state, privateHalf } }: { readonly trustKey: TrustKey }) {
  const text = useText('trust');
  return (
    <>
      {privateHalf === 'none' ? null : <Badge icon={KeyRound}>{text('private')}</Badge>}
      {state === 'usable' ? null : (
        <Badge tone={state === 'expired' ? 'warn' : 'bad'}>{text(`states.${state}`)}</Badge>
      )}
    </>
  );
}
