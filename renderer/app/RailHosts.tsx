import type { Host } from '#core/contract/hosts.ts';
import { HostState } from '#renderer/features/hosts/HostState.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { type HostsState, showHost, useHosts } from '#renderer/state/hosts.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';

const mostShown = 8;

/** Hosts worth a line in the rail: this machine, those with a line or trouble with it, and the one that is shown. */
export function hostsInUse({ hosts, currentId }: Pick<HostsState, 'hosts' | 'currentId'>): readonly Host[] {
  const inUse = hosts.filter(
    ({ id, kind, connection }) => kind === 'local' || id === currentId || connection.state !== 'disconnected',
  );
  // This machine alone says nothing that the top bar does not.
  if (inUse.length < 2) return [];
  const current = inUse.filter(({ id }) => id === currentId);
  const others = inUse.filter(({ id }) => id !== currentId).slice(0, mostShown - current.length);
  return hosts.filter((host) => current.includes(host) || others.includes(host));
}

/** The hosts in use, below the page of all hosts: one click shows another machine. */
export function RailHosts() {
  const text = useText('frame');
  const hosts = useHosts((state) => state.hosts);
  const currentId = useHosts((state) => state.currentId);
  const shown = hostsInUse({ hosts, currentId });
  if (shown.length === 0) return null;
  return (
    <ul aria-label={text('hostRail')} className="flex shrink-0 flex-col gap-px pb-1">
      {shown.map((host) => (
        <li key={host.id}>
          <button
            type="button"
            aria-pressed={host.id === currentId}
            title={host.address ?? undefined}
            onClick={() => showHost(host.id)}
            className={classNames(
              'flex h-6.5 w-full items-center gap-2 rounded-control pr-2.5 pl-5 text-left text-small',
              host.id === currentId ? 'font-semibold text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
            )}
          >
            <HostDot colour={host.colour} />
            <bdi dir="ltr" className="min-w-0 flex-1 truncate">
              {host.label}
            </bdi>
            <HostState host={host} isIconOnly />
          </button>
        </li>
      ))}
    </ul>
  );
}
