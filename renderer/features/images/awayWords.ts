import type { Host } from '#core/contract/hosts.ts';
import { textOf } from '#renderer/i18n/i18n.ts';

/** What a person is told of a host that cannot be asked now: `The connection to hydra was lost`. */
export function awayTitle(host: Host): string {
  const values = { host: host.label };
  switch (host.connection.state) {
    case 'connecting':
      return textOf('images:away.connectingTitle', values);
    case 'needsYou':
      return textOf('images:away.needsYouTitle', values);
    case 'lost':
      return textOf('images:away.lostTitle', values);
    case 'refused':
      // What its report says is more than that it was refused: it may be a name that nobody knows.
      return host.connection.reason?.title ?? textOf('images:away.refusedTitle', values);
    case 'disconnected':
    case 'connected':
    case 'degraded':
      return textOf('images:away.title', values);
  }
}
