import { Plug, X } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, disconnectHost } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';

/** The one click that a host's line needs now: connect, give up, reconnect, disconnect. Nothing for this machine. */
export function ConnectionButton({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  if (host.kind === 'local') return null;
  switch (host.connection.state) {
    case 'disconnected':
      return (
        <Button tone="primary" icon={Plug} onClick={() => connectHost(host.id)}>
          {text('connect')}
        </Button>
      );
    case 'lost':
      return (
        <Button tone="primary" icon={Plug} onClick={() => connectHost(host.id)}>
          {text('reconnect')}
        </Button>
      );
    case 'refused':
      return (
        <Button tone="primary" icon={Plug} onClick={() => connectHost(host.id)}>
          {text('connectAgain')}
        </Button>
      );
    case 'connecting':
    case 'needsYou':
      return (
        <Button icon={X} onClick={() => disconnectHost(host.id)}>
          {text('cancelConnecting')}
        </Button>
      );
    case 'connected':
    case 'degraded':
      return <Button onClick={() => disconnectHost(host.id)}>{text('disconnect')}</Button>;
  }
}
