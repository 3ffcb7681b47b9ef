import {
  ArrowLeftRight,
  type LucideIcon,
  Pencil,
  Plug,
  Plus,
  RefreshCw,
  Stethoscope,
  Trash2,
  Unplug,
} from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import type { Command } from '#renderer/commands/registry.ts';
import { type TextKey, textOf } from '#renderer/i18n/i18n.ts';
import {
  connectHost,
  currentHost,
  disconnectHost,
  hostsStore,
  isConnecting,
  isReachable,
  showHost,
} from '#renderer/state/hosts.ts';
import { hostsPageStore, openHostPage, showHostsDialog } from './hostsState.ts';

const shown = () => currentHost(hostsStore.getState());
const isSsh = () => shown()?.kind === 'ssh';

function withShown(perform: (host: Host) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const host = shown();
    return host === null ? undefined : perform(host);
  };
}

/** Commands about hosts; without another name they are about the one that pages show. */
export const hostCommands: readonly Command[] = [
  {
    id: 'hosts.switch',
    label: 'hosts:commands.switch',
    group: 'hosts',
    keywords: ['machine', 'cluster', 'ssh', 'change'],
    icon: ArrowLeftRight,
    shortcut: 'Mod+Shift+H',
    perform: () => hostsPageStore.setState({ isSwitcherOpen: true }),
  },
  {
    id: 'hosts.add',
    label: 'hosts:commands.add',
    group: 'hosts',
    keywords: ['ssh', 'cluster', 'new', 'login', 'remote'],
    icon: Plus,
    perform: () => showHostsDialog({ kind: 'add' }),
  },
  {
    id: 'hosts.connect',
    label: 'hosts:commands.connect',
    group: 'hosts',
    keywords: ['ssh', 'sign in', 'reconnect', 'login'],
    icon: Plug,
    isEnabled: () => {
      const host = shown();
      return host !== null && !isReachable(host) && !isConnecting(host);
    },
    perform: withShown(({ id }) => connectHost(id)),
  },
  {
    id: 'hosts.disconnect',
    label: 'hosts:commands.disconnect',
    group: 'hosts',
    keywords: ['ssh', 'sign out', 'close', 'cancel'],
    icon: Unplug,
    isEnabled: () => {
      const host = shown();
      return host?.kind === 'ssh' && (isReachable(host) || isConnecting(host));
    },
    perform: withShown(({ id }) => disconnectHost(id)),
  },
  {
    id: 'hosts.show',
    label: 'hosts:commands.show',
    group: 'hosts',
    keywords: ['doctor', 'state'],
    icon: Stethoscope,
    perform: withShown(({ id }) => openHostPage(id, 'overview')),
  },
  {
    id: 'hosts.check',
    label: 'hosts:commands.check',
    group: 'hosts',
    keywords: ['doctor', 'refresh', 'probe'],
    icon: RefreshCw,
    isEnabled: () => {
      const host = shown();
      return host !== null && isReachable(host);
    },
    perform: withShown(async ({ id }) => {
      await client.hosts.check({ hostId: id });
    }),
  },
  {
    id: 'hosts.edit',
    label: 'hosts:commands.edit',
    group: 'hosts',
    keywords: ['settings', 'module load', 'folders', 'colour', 'port'],
    icon: Pencil,
    isEnabled: isSsh,
    perform: withShown(({ id }) => openHostPage(id, 'settings')),
  },
  {
    id: 'hosts.remove',
    label: 'hosts:commands.remove',
    group: 'hosts',
    keywords: ['forget', 'delete'],
    icon: Trash2,
    isDanger: true,
    isEnabled: isSsh,
    perform: withShown(({ id }) => showHostsDialog({ kind: 'remove', hostId: id })),
  },
];

/** Something that can be done with one host by its name. */
export interface HostCommand {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly host: Host;
  readonly perform: () => void;
}

/** What the palette offers for a host: show it, and connect to it or disconnect from it. */
export function commandsOfHost(host: Host): readonly HostCommand[] {
  const named = (key: TextKey) => textOf(key, { host: host.label });
  const show: HostCommand = {
    id: `show ${host.id}`,
    label: named('hosts:showHost'),
    icon: Stethoscope,
    host,
    perform: () => openHostPage(host.id, 'overview'),
  };
  if (host.kind === 'local') return [show];
  const isOn = isReachable(host) || isConnecting(host);
  const line: HostCommand = isOn
    ? {
        id: `disconnect ${host.id}`,
        label: named(isReachable(host) ? 'hosts:disconnectFrom' : 'hosts:cancelConnectingTo'),
        icon: Unplug,
        host,
        perform: () => disconnectHost(host.id),
      }
    : {
        id: `connect ${host.id}`,
        label: named(host.connection.state === 'lost' ? 'hosts:reconnectTo' : 'hosts:connectTo'),
        icon: Plug,
        host,
        perform: () => {
          showHost(host.id);
          connectHost(host.id);
        },
      };
  return [line, show];
}
