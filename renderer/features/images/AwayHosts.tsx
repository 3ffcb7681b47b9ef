import { Unplug } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, isConnecting, isReachable } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { awayTitle } from './awayWords.ts';

/** Stands where the images of a host will be: why they are not there, and the one click that changes it. */
export function AwayHost({ host }: { readonly host: Host }) {
  const text = useText('images');
  const { state, reason } = host.connection;
  return (
    <EmptyState
      icon={Unplug}
      title={awayTitle(host)}
      text={
        <span className="[overflow-wrap:anywhere]">
          {reason === null ? null : (
            <span className="mb-2 block text-ink">{`${reason.cause} ${reason.nextStep}`.trim()}</span>
          )}
          {text(state === 'needsYou' ? 'away.needsYouText' : 'away.text')}
          {host.address === null ? null : (
            <span className="mt-2 block font-mono text-code text-ink-3">{host.address}</span>
          )}
        </span>
      }
    >
      <Button tone="primary" isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
        {text(state === 'lost' ? 'away.reconnect' : 'away.connect')}
      </Button>
    </EmptyState>
  );
}

/** Names the hosts whose images are not, or not freshly, among those of all hosts. */
export function AwayStrip({ hosts }: { readonly hosts: readonly Host[] }) {
  const text = useText('images');
  const away = hosts.filter((host) => !isReachable(host));
  if (away.length === 0) return null;
  return (
    <section className="mx-3 mb-2 flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-control border border-line bg-panel px-2.5 py-1.5 text-small">
      <span className="flex items-center gap-2 text-ink-2">
        <Unplug aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
        {text('away.others', { count: away.length })}
      </span>
      <ul className="flex flex-wrap gap-x-3 gap-y-1.5">
        {away.map((host) => (
          <li key={host.id} className="flex items-center gap-2" title={awayTitle(host)}>
            <HostLabel colour={host.colour} label={host.label} className="max-w-48" />
            <Button
              className="h-6! px-2 text-small"
              aria-label={text('away.connectNamed', { host: host.label })}
              isBusy={isConnecting(host)}
              onClick={() => connectHost(host.id)}
            >
              {text('away.connect')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
