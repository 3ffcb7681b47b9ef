import type { Host } from '#core/contract/hosts.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import type { MenuEntry } from '#renderer/ui/Menu.tsx';
import { openHostShell } from './shellsState.ts';

/** A line of a menu for each host, which opens a shell there. */
export function hostEntries(hosts: readonly Host[]): readonly MenuEntry[] {
  return hosts.map((host) => ({
    id: host.id,
    label: <HostLabel colour={host.colour} label={host.label} />,
    detail: isReachable(host) ? undefined : textOf('shells:connectsFirst'),
    onSelect: () => attempt(() => openHostShell(host.id)),
  }));
}
