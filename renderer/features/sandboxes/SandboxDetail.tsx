import { useQuery } from '@tanstack/react-query';
import { MoreHorizontal } from 'lucide-react';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Tabs } from '#renderer/ui/Tabs.tsx';
import { ChangesTab } from './ChangesTab.tsx';
import { SandboxFacts } from './SandboxFacts.tsx';
import { SnapshotList } from './SnapshotList.tsx';
import { sandboxMenu } from './sandboxCommands.ts';
import { sandboxesStore, useSandboxes } from './sandboxesState.ts';
import { sandboxQuery } from './sandboxQueries.ts';
import { WayList } from './WayList.tsx';
import { WorkNotices } from './WorkNotices.tsx';

/** One sandbox beside the list: what it is, the ways into it, what changed in it, its snapshots. */
export function SandboxDetail({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  const tab = useSandboxes((state) => state.tab);
  const host = useHosts((state) => hostOf(state, sandbox.hostId));
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const name = showControls(sandbox.name);
  return (
    <aside
      aria-label={text('detail', { name })}
      className="flex h-full min-h-0 flex-col overflow-hidden bg-panel"
    >
      <div className="flex shrink-0 flex-col gap-2.5 p-3 pb-2">
        <div className="flex items-start gap-2">
          <h2
            className="min-w-0 flex-1 text-heading font-bold [overflow-wrap:anywhere] line-clamp-2"
            title={name}
          >
            <bdi dir="ltr">{name}</bdi>
          </h2>
          {host !== null && hasOthers ? (
            <HostLabel colour={host.colour} label={host.label} className="text-small text-ink-2" />
          ) : null}
        </div>
        <div role="toolbar" aria-label={text('toolbar')} className="flex flex-wrap gap-1.5">
          <CommandButton id="sandboxes.freeze" />
          <CommandButton id="sandboxes.clone" />
          <CommandButton id="sandboxes.snapshot" />
          <span className="flex-1" />
          <Menu
            align="end"
            trigger={<IconButton icon={MoreHorizontal} label={text('more')} />}
            entries={commandEntries(sandboxMenu)}
          />
        </div>
      </div>
      <WorkNotices hostId={sandbox.hostId} path={sandbox.path} />
      <Tabs
        isInset
        label={text('tabs.label')}
        value={tab}
        onChange={(chosen) => sandboxesStore.setState({ tab: chosen })}
        items={[
          { id: 'open', label: text('tabs.open'), content: <Overview sandbox={sandbox} /> },
          { id: 'changes', label: text('tabs.changes'), content: <ChangesTab sandbox={sandbox} /> },
          {
            id: 'snapshots',
            label: (
              <>
                {text('tabs.snapshots')}
                {sandbox.snapshots.length === 0 ? null : (
                  <span className="text-tiny text-ink-3 tabular-nums">{sandbox.snapshots.length}</span>
                )}
              </>
            ),
            content: <SnapshotList sandbox={sandbox} />,
          },
        ]}
      />
    </aside>
  );
}

function Overview({ sandbox }: { readonly sandbox: Sandbox }) {
  const { data, error } = useQuery(sandboxQuery(sandbox));
  return (
    <div className="flex flex-col gap-3.5 px-3 pb-3">
      <SandboxFacts sandbox={sandbox} />
      {error === null ? null : <ErrorNotice report={failureReport(error)} />}
      {error === null && data === undefined ? <Spinner /> : null}
      {data === undefined ? null : <WayList sandbox={sandbox} ways={data.ways} />}
    </div>
  );
}
