import { House, Unplug } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { runCommand } from '#renderer/commands/registry.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { connectHost, currentHost, isConnecting, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { FilterBar } from '#renderer/ui/FilterBar.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { BrokenFolders } from './BrokenFolders.tsx';
import { useWorkspaceList } from './useWorkspaceList.ts';
import { WorkspaceDetail } from './WorkspaceDetail.tsx';
import { WorkspaceDialogs } from './WorkspaceDialogs.tsx';
import { WorkspaceTable } from './WorkspaceTable.tsx';
import { workspaceRows } from './workspaceRows.ts';
import { useWorkspaces, workspacesStore } from './workspacesState.ts';

/** The workspaces of the shown host, and what is in the chosen one. */
export function WorkspacesPage() {
  const host = useHosts(currentHost);
  if (host === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  return isReachable(host) ? <WorkspacesOf key={host.id} host={host} /> : <Away host={host} />;
}

function Away({ host }: { readonly host: Host }) {
  const text = useText('workspaces');
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="workspaces">
      <PageHeader title={text('title')} />
      <div className="min-h-0 flex-1 border-t border-line">
        <EmptyState
          icon={Unplug}
          title={text('awayTitle', { host: host.label })}
          text={text('away', { host: host.label })}
        >
          <Button tone="primary" isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
            {text('connect')}
          </Button>
        </EmptyState>
      </div>
    </div>
  );
}

const none: readonly Workspace[] = [];

function WorkspacesOf({ host }: { readonly host: Host }) {
  const text = useText('workspaces');
  const { data, error, isFetching, refetch } = useWorkspaceList(host.id);
  const filter = useWorkspaces((state) => state.filter);
  const sort = useWorkspaces((state) => state.sort);
  const chosenId = useWorkspaces((state) => state.chosenId);
  const tasks = useTasks((state) => state.tasks);
  const workspaces = data?.workspaces ?? none;
  const rows = useMemo(
    () => workspaceRows({ hostId: host.id, workspaces }, tasks, { filter, sort }),
    [host.id, workspaces, tasks, filter, sort],
  );
  const chosen =
    rows.flatMap((row) => (row.kind === 'workspace' && row.key === chosenId ? [row.workspace] : []))[0] ??
    null;
  // The buttons follow the workspace that commands are about.
  useWorkspaces((state) => state.chosen);
  useEffect(() => {
    workspacesStore.setState({ chosen });
    return () => workspacesStore.setState({ chosen: null });
  }, [chosen]);
  const isEmpty = data !== undefined && workspaces.length === 0 && rows.length === 0;
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="workspaces">
      <PageHeader
        title={text('title')}
        detail={data === undefined || isEmpty ? undefined : countText(host, workspaces)}
      >
        <CommandButton id="workspaces.refresh" isIconOnly />
        {isEmpty ? null : (
          <>
            <CommandButton id="workspaces.adopt" />
            <CommandButton id="workspaces.create" tone="primary" />
          </>
        )}
      </PageHeader>
      {data === undefined || isEmpty ? null : (
        <FilterBar
          value={filter}
          placeholder={text('filter')}
          onChange={(typed) => workspacesStore.setState({ filter: typed })}
        />
      )}
      <BrokenFolders broken={data?.broken ?? []} />
      <div className="flex min-h-0 flex-1 flex-col border-t border-line">
        {error === null ? null : (
          <div className="p-3">
            <ErrorNotice
              report={failureReport(error)}
              action={<Button onClick={() => void refetch()}>{text('again')}</Button>}
            />
          </div>
        )}
        {error === null && data === undefined ? <SkeletonRows label={text('reading')} /> : null}
        {isEmpty ? (
          <EmptyState icon={House} title={text('noneTitle')} text={text('noneText')}>
            <CommandButton id="workspaces.create" tone="primary" />
            <CommandButton id="workspaces.adopt" />
          </EmptyState>
        ) : null}
        {data === undefined || isEmpty ? null : (
          <div className="min-h-0 flex-1">
            <SplitPane
              id="workspaces.detail"
              secondSize={38}
              secondMinSize={28}
              firstMinSize={30}
              first={
                <WorkspaceTable
                  host={host}
                  rows={rows}
                  sort={sort}
                  onSort={(column) =>
                    workspacesStore.setState({
                      sort: {
                        column,
                        isDescending:
                          sort.column === column ? !sort.isDescending : descendingFirst.has(column),
                      },
                    })
                  }
                  chosenId={chosenId}
                  onChoose={(id) => workspacesStore.setState({ chosenId: id })}
                  onOpen={() => void runCommand('workspaces.shell')}
                  isBusy={isFetching}
                />
              }
              second={
                chosen === null ? (
                  <EmptyState icon={House} title={text('choose')} text={text('chooseText')} />
                ) : (
                  <WorkspaceDetail key={chosen.id} workspace={chosen} />
                )
              }
            />
          </div>
        )}
      </div>
      <WorkspaceDialogs />
    </div>
  );
}

/** Columns whose first press shows the newest, the largest or what is open. */
const descendingFirst: ReadonlySet<string> = new Set(['size', 'files', 'modified', 'open']);

function countText(host: Host, workspaces: readonly Workspace[]): string {
  const measured = workspaces.flatMap(({ size }) => (size === null ? [] : [size.bytes]));
  const values = { count: workspaces.length, host: host.label };
  if (measured.length === 0) return textOf('workspaces:count', values);
  const size = formatBytes(measured.reduce((sum, bytes) => sum + bytes, 0));
  return textOf('workspaces:countMeasured', { ...values, size });
}
