import { PlugZap, ShieldX } from 'lucide-react';
import { connection } from '#renderer/api/client.ts';
import { useConnectionState } from '#renderer/api/useConnectionState.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';

/** Says that core does not answer, or does not want this window. */
export function ConnectionBanner() {
  const text = useText('frame');
  const state = useConnectionState();
  if (state === 'connected' || state === 'connecting') return null;
  const isRefused = state === 'refused';
  const Icon = isRefused ? ShieldX : PlugZap;
  return (
    <div role="alert" className="flex items-start gap-2.5 border-b border-line bg-warn-soft px-3 py-2">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{isRefused ? text('gone.refusedTitle') : text('gone.title')}</p>
        <p className="text-small text-pretty text-ink-2">
          {isRefused ? text('gone.refusedText') : text('gone.text')}
        </p>
      </div>
      {isRefused ? null : <Button onClick={connection.tryNow}>{text('gone.again')}</Button>}
    </div>
  );
}
