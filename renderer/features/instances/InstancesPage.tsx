import { useQuery } from '@tanstack/react-query';
import { ServerCog, Unplug } from 'lucide-react';
import { useEffect } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Instance } from '#core/contract/instances.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, currentHost, isConnecting, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { InstanceDetail } from './InstanceDetail.tsx';
import { InstanceDialogs } from './InstanceDialogs.tsx';
import { InstanceTable } from './InstanceTable.tsx';
import { instancesQuery } from './instanceQueries.ts';
import { instancesStore, keyOfInstance, useInstances } from './instancesState.ts';

const none: readonly Instance[] = [];

/** The instances of the shown host: list, what they use, their logs. */
export function InstancesPage() {
  const host = useHosts(currentHost);
  if (host === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  return isReachable(host) ? <InstancesOf key={host.id} host={host} /> : <Away host={host} />;
}

function Away({ host }: { readonly host: Host }) {
  const text = useText('instances');
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="instances">
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

function InstancesOf({ host }: { readonly host: Host }) {
  const text = useText('instances');
  const { data, error, refetch } = useQuery(instancesQuery(host.id));
  const chosenKey = useInstances((state) => state.chosenKey);
  const rows = data?.instances ?? none;
  const node = showControls(data?.node ?? host.label);
  const chosen = rows.find((instance) => keyOfInstance(instance) === chosenKey) ?? null;
  // The buttons follow the instance that commands are about.
  useInstances((state) => state.chosen);
  useEffect(() => {
    instancesStore.setState({ chosen });
    return () => instancesStore.setState({ chosen: null });
  }, [chosen]);
  const running = rows.filter(({ isRunning }) => isRunning === true).length;
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="instances">
      <PageHeader
        title={text('title')}
        detail={data === undefined ? undefined : text('count', { count: running, node })}
      >
        <CommandButton id="instances.refresh" isIconOnly />
        <CommandButton id="instances.start" tone="primary" />
      </PageHeader>
      <div className="flex min-h-0 flex-1 flex-col border-t border-line">
        {host.id === localHostId || data === undefined ? null : (
          <p className="shrink-0 border-b border-line px-3 py-1.5 text-small text-pretty text-ink-2">
            {text('nodeNote', { node, host: host.label })}
          </p>
        )}
        {error === null ? null : (
          <div className="p-3">
            <ErrorNotice
              report={failureReport(error)}
              action={<Button onClick={() => void refetch()}>{text('again')}</Button>}
            />
          </div>
        )}
        {error === null && data === undefined ? <SkeletonRows label={text('reading')} /> : null}
        {data !== undefined && rows.length === 0 ? (
          <EmptyState icon={ServerCog} title={text('none', { node })} text={text('noneText')}>
            <CommandButton id="instances.start" />
          </EmptyState>
        ) : null}
        {rows.length === 0 ? null : (
          <div className="min-h-0 flex-1">
            <SplitPane
              id="instances.detail"
              secondSize={46}
              secondMinSize={32}
              firstMinSize={26}
              first={<InstanceTable rows={rows} chosenKey={chosenKey} />}
              second={
                chosen === null ? (
                  <EmptyState icon={ServerCog} title={text('choose')} text={text('chooseText')} />
                ) : (
                  <InstanceDetail key={keyOfInstance(chosen)} instance={chosen} />
                )
              }
            />
          </div>
        )}
      </div>
      <InstanceDialogs host={host} />
    </div>
  );
}
