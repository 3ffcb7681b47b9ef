import { useQuery } from '@tanstack/react-query';
import { Box, Unplug } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, currentHost, isConnecting, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { FilterBar } from '#renderer/ui/FilterBar.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { SandboxDetail } from './SandboxDetail.tsx';
import { SandboxDialogs } from './SandboxDialogs.tsx';
import { SandboxTable } from './SandboxTable.tsx';
import { followWork } from './sandboxActions.ts';
import { sandboxesStore, useSandboxes } from './sandboxesState.ts';
import { sandboxesQuery } from './sandboxQueries.ts';
import { sandboxRows } from './sandboxRows.ts';
import { WorkNotices } from './WorkNotices.tsx';

const none: readonly Sandbox[] = [];

/** The sandboxes of the shown host: list, ways in, what changed, snapshots. */
export function SandboxesPage() {
  const host = useHosts(currentHost);
  useEffect(followWork, []);
  if (host === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  return isReachable(host) ? <SandboxesOf key={host.id} host={host} /> : <Away host={host} />;
}

function Away({ host }: { readonly host: Host }) {
  const text = useText('sandboxes');
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="sandboxes">
      <PageHeader title={text('title')} />
      <div className="min-h-0 flex-1 border-t border-line">
        <EmptyState icon={Unplug} title={text('awayTitle', { host: host.label })} text={text('away')}>
          <Button tone="primary" isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
            {text('connect')}
          </Button>
        </EmptyState>
      </div>
    </div>
  );
}

function SandboxesOf({ host }: { readonly host: Host }) {
  const text = useText('sandboxes');
  const { data, error, refetch } = useQuery(sandboxesQuery(host.id));
  const filter = useSandboxes((state) => state.filter);
  const sort = useSandboxes((state) => state.sort);
  const chosenPath = useSandboxes((state) => state.chosenPath);
  const sandboxes = data?.sandboxes ?? none;
  const rows = useMemo(() => sandboxRows(sandboxes, filter, sort), [sandboxes, filter, sort]);
  const chosen = rows.find(({ path }) => path === chosenPath) ?? null;
  // The buttons follow the sandbox that commands are about.
  useSandboxes((state) => state.chosen);
  useEffect(() => {
    sandboxesStore.setState({ chosen });
    return () => sandboxesStore.setState({ chosen: null });
  }, [chosen]);
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="sandboxes">
      <PageHeader
        title={text('title')}
        detail={sandboxes.length === 0 ? undefined : <Count sandboxes={sandboxes} host={host} />}
      >
        <CommandButton id="sandboxes.refresh" isIconOnly />
        <CommandButton id="sandboxes.new" tone="primary" />
      </PageHeader>
      {sandboxes.length === 0 ? null : (
        <FilterBar
          value={filter}
          placeholder={text('filter')}
          onChange={(typed) => sandboxesStore.setState({ filter: typed })}
          onKeyDown={goToGrid}
        />
      )}
      <div className="flex min-h-0 flex-1 flex-col border-t border-line">
        <WorkNotices hostId={host.id} path={null} />
        {error === null ? null : (
          <div className="p-3">
            <ErrorNotice
              report={failureReport(error)}
              action={<Button onClick={() => void refetch()}>{text('again')}</Button>}
            />
          </div>
        )}
        {error === null && data === undefined ? <SkeletonRows label={text('reading')} /> : null}
        {data !== undefined && sandboxes.length === 0 ? (
          <EmptyState icon={Box} title={text('none', { host: host.label })} text={text('noneText')}>
            <CommandButton id="sandboxes.new" />
          </EmptyState>
        ) : null}
        {sandboxes.length === 0 ? null : (
          <div className="min-h-0 flex-1">
            <SplitPane
              id="sandboxes.detail"
              secondSize={50}
              secondMinSize={34}
              firstMinSize={26}
              first={<SandboxTable rows={rows} chosenPath={chosenPath} />}
              second={
                chosen === null ? (
                  <EmptyState icon={Box} title={text('choose')} text={text('chooseText')} />
                ) : (
                  <SandboxDetail key={chosen.path} sandbox={chosen} />
                )
              }
            />
          </div>
        )}
      </div>
      <SandboxDialogs host={host} />
    </div>
  );
}

/** From the filter down into the list. */
function goToGrid(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
  event.preventDefault();
  event.currentTarget.closest('[data-page]')?.querySelector<HTMLElement>('[role="grid"]')?.focus();
}

function Count({ sandboxes, host }: { readonly sandboxes: readonly Sandbox[]; readonly host: Host }) {
  const text = useText('sandboxes');
  const counted = text('count', { count: sandboxes.length, host: host.label });
  const bytes = sandboxes.reduce((sum, { size }) => sum + (size?.bytes ?? 0), 0);
  return bytes === 0 ? counted : text('countMeasured', { counted, size: formatBytes(bytes) });
}
