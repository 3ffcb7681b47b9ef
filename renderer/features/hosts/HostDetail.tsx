import { Ellipsis } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Tabs } from '#renderer/ui/Tabs.tsx';
import { ConnectionButton } from './ConnectionButton.tsx';
import { DoctorTab } from './DoctorTab.tsx';
import { FactsTab } from './FactsTab.tsx';
import { FeaturesTab } from './FeaturesTab.tsx';
import { HostOverview } from './HostOverview.tsx';
import { type HostTab, hostsPageStore, useHostsPage } from './hostsState.ts';
import { LeftoversTab } from './LeftoversTab.tsx';

// The form checks with the contract's schemas: it loads when it is looked at.
const HostSettings = lazy(async () => ({ default: (await import('./HostSettings.tsx')).HostSettings }));

const menuIds = ['hosts.check', 'hosts.disconnect', 'separator', 'hosts.edit', 'hosts.remove'];

/** One host in full. */
export function HostDetail({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const wanted = useHostsPage((state) => state.tab);
  // This machine has no settings of its own: they are the workbench's.
  const tab = host.kind === 'local' && wanted === 'settings' ? 'overview' : wanted;
  const tabs: readonly { readonly id: HostTab; readonly content: ReactNode }[] = [
    { id: 'overview', content: <HostOverview host={host} /> },
    { id: 'doctor', content: <DoctorTab host={host} /> },
    { id: 'features', content: <FeaturesTab host={host} /> },
    { id: 'facts', content: <FactsTab host={host} /> },
    ...(host.preferences === null
      ? []
      : [
          {
            id: 'settings' as const,
            content: (
              <Suspense fallback={<Spinner className="p-3" />}>
                <HostSettings host={host} preferences={host.preferences} />
              </Suspense>
            ),
          },
        ]),
    { id: 'leftovers', content: <LeftoversTab host={host} /> },
  ];
  return (
    <section aria-label={text('tabs.name', { host: host.label })} className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 items-center gap-2 px-3 pt-2.5 pb-1.5">
        <HostDot colour={host.colour} />
        <h2 className="min-w-0 truncate text-title font-[650]" title={host.label}>
          <bdi dir="ltr">{host.label}</bdi>
        </h2>
        <bdi dir="ltr" className="min-w-0 flex-1 truncate text-small text-ink-3" data-selectable>
          {host.kind === 'local' ? text('thisMachine') : (host.address ?? host.preferences?.destination)}
        </bdi>
        <ConnectionButton host={host} />
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={text('more', { host: host.label })} />}
          entries={commandEntries(host.kind === 'local' ? ['hosts.check'] : menuIds)}
        />
      </header>
      <Tabs
        isInset
        label={text('tabs.name', { host: host.label })}
        value={tab}
        onChange={(chosen) => hostsPageStore.setState({ tab: chosen })}
        items={tabs.map(({ id, content }) => ({ id, label: text(`tabs.${id}`), content }))}
      />
    </section>
  );
}
