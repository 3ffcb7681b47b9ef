import { Unplug } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, isConnecting, isReachable } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { awayTitle } from './awayWords.ts';

/** In a form that concerns a host: says that it is not connected, why, and connects it from there. */
export function ConnectFirst({ host }: { readonly host: Host }) {
  const text = useText('images');
  if (isReachable(host)) return null;
  const { state, reason } = host.connection;
  return (
    <section role="status" className="flex items-center gap-2.5 rounded-control bg-warn-soft p-2.5">
      <Unplug aria-hidden className="size-4 shrink-0 self-start text-warn" strokeWidth={1.75} />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="font-semibold">{awayTitle(host)}</p>
        {state === 'needsYou' || reason !== null ? (
          <p className="text-small text-pretty text-ink-2">
            {reason === null ? text('away.needsYouText') : reason.cause}
          </p>
        ) : null}
      </div>
      <Button isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
        {text(state === 'lost' ? 'away.reconnect' : 'away.connect')}
      </Button>
    </section>
  );
}
