import { Monitor, Plus } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { chosenRuntime, currentHost, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { FilterBar } from '#renderer/ui/FilterBar.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { HostDetail } from './HostDetail.tsx';
import { HostList } from './HostList.tsx';
import { hostsPageStore, showHostsDialog, useHostsPage } from './hostsState.ts';

/** Few hosts are found by looking. */
const filterFrom = 8;

/** All hosts, and beside them the one that pages show: its line, what works there and why, its settings. */
export function HostsPage() {
  const text = useText('hosts');
  const isLoaded = useHosts((state) => state.isLoaded);
  const hosts = useHosts((state) => state.hosts);
  const host = useHosts(currentHost);
  const filter = useHostsPage((state) => state.filter);
  if (!isLoaded) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner label={text('checking')} />
      </div>
    );
  }
  if (host === null) return <EmptyState icon={Monitor} title={text('none')} text={text('noneText')} />;
  const found = hosts.filter((candidate) => matches(candidate, filter));
  const connected = hosts.filter((candidate) => isReachable(candidate)).length;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        title={text('title')}
        detail={text('countConnected', { hosts: text('count', { count: hosts.length }), connected })}
      >
        <CommandButton id="hosts.add" tone={hosts.length === 1 ? 'primary' : 'plain'} />
      </PageHeader>
      {hosts.length >= filterFrom ? (
        <FilterBar
          value={filter}
          onChange={(changed) => hostsPageStore.setState({ filter: changed })}
          placeholder={text('filter')}
        />
      ) : null}
      <div className="min-h-0 flex-1 border-t border-line">
        <SplitPane
          id="hosts.list"
          secondSize={60}
          secondMinSize={40}
          first={
            found.length === 0 ? (
              <EmptyState
                icon={Monitor}
                title={text('noMatch')}
                text={text('noMatchText', { query: filter })}
              >
                <Button onClick={() => hostsPageStore.setState({ filter: '' })}>{text('showAll')}</Button>
              </EmptyState>
            ) : (
              <div className="flex h-full min-h-0 flex-col">
                <div className={hosts.length === 1 ? 'shrink-0' : 'min-h-0 flex-1'}>
                  <HostList hosts={found} shownId={host.id} />
                </div>
                {hosts.length === 1 ? <Invitation /> : null}
              </div>
            )
          }
          second={<HostDetail key={host.id} host={host} />}
        />
      </div>
    </div>
  );
}

/** What hosts are for, while this machine is the only one. */
function Invitation() {
  const text = useText('hosts');
  return (
    <div className="min-h-0 flex-1">
      <EmptyState icon={Monitor} title={text('invite.title')} text={text('invite.text')}>
        <Button icon={Plus} onClick={() => showHostsDialog({ kind: 'add' })}>
          {text('add')}
        </Button>
      </EmptyState>
    </div>
  );
}

/** Whether every word of a filter occurs in what a person knows of a host. */
function matches(host: Host, filter: string): boolean {
  const runtime = chosenRuntime(host);
  const known = [
    host.label,
    host.address,
    host.preferences?.destination,
    host.facts?.operatingSystem,
    runtime === null ? null : `${runtime.product} ${runtime.version}`,
  ];
  const searched = known.filter(Boolean).join(' ').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word));
}
