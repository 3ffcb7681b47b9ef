import { useQuery } from '@tanstack/react-query';
import { KeyRound, Unplug } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import type { Host } from '#core/contract/hosts.ts';
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
import { KeyDetail } from './KeyDetail.tsx';
import { KeyList } from './KeyList.tsx';
import { keyRows } from './keyRows.ts';
import { keysQuery } from './keysQuery.ts';
import { trustStore, useTrust } from './trustState.ts';

/** The keys of the shown host: whose images can be verified there, and with which can be signed. */
export function KeysPage() {
  const host = useHosts(currentHost);
  if (host === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  return isReachable(host) ? <KeysOf key={host.id} host={host} /> : <Away host={host} />;
}

function Away({ host }: { readonly host: Host }) {
  const text = useText('trust');
  const images = useText('images');
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="keys">
      <PageHeader title={text('title')} />
      <div className="min-h-0 flex-1 border-t border-line">
        <EmptyState
          icon={Unplug}
          title={text('awayTitle', { host: host.label })}
          text={text('away', { host: host.label })}
        >
          <Button tone="primary" isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
            {images('away.connect')}
          </Button>
        </EmptyState>
      </div>
    </div>
  );
}

function KeysOf({ host }: { readonly host: Host }) {
  const text = useText('trust');
  const { data, error, refetch } = useQuery(keysQuery(host.id));
  const filter = useTrust((state) => state.filter);
  const chosenId = useTrust((state) => state.chosenId);
  const rows = useMemo(() => keyRows(data?.keys ?? [], filter), [data, filter]);
  const chosen = rows.find(({ id }) => id === chosenId)?.key ?? null;
  // The buttons follow the key that commands are about.
  useTrust((state) => state.chosen);
  useEffect(() => {
    trustStore.setState({ chosen });
    return () => trustStore.setState({ chosen: null });
  }, [chosen]);
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="keys">
      <PageHeader
        title={text('title')}
        detail={data === undefined ? undefined : text('count', { count: data.keys.length, host: host.label })}
      >
        <CommandButton id="trust.refresh" isIconOnly />
        <CommandButton id="trust.search" />
        <CommandButton id="trust.import" />
        <CommandButton id="trust.create" tone="primary" />
      </PageHeader>
      {data === undefined || data.keys.length === 0 ? null : (
        <FilterBar
          value={filter}
          placeholder={text('filter')}
          onChange={(typed) => trustStore.setState({ filter: typed })}
        />
      )}
      <div className="min-h-0 flex-1 border-t border-line">
        {error === null ? null : (
          <div className="p-3">
            <ErrorNotice
              report={failureReport(error)}
              action={<Button onClick={() => void refetch()}>{text('again')}</Button>}
            />
          </div>
        )}
        {error === null && data === undefined ? <SkeletonRows label={text('reading')} /> : null}
        {data !== undefined && data.keys.length === 0 ? (
          <EmptyState icon={KeyRound} title={text('none')} text={text('noneText')} />
        ) : null}
        {data === undefined || data.keys.length === 0 ? null : (
          <SplitPane
            id="keys.detail"
            secondSize={42}
            secondMinSize={30}
            firstMinSize={30}
            first={
              rows.length === 0 ? (
                <p className="p-3 text-ink-2">{text('nothing')}</p>
              ) : (
                <KeyList
                  rows={rows}
                  chosenId={chosenId}
                  onChoose={({ id }) => trustStore.setState({ chosenId: id })}
                />
              )
            }
            second={
              chosen === null ? (
                <EmptyState icon={KeyRound} title={text('choose')} text={text('chooseText')} />
              ) : (
                <KeyDetail trustKey={chosen} folder={data.folder} />
              )
            }
          />
        )}
      </div>
    </div>
  );
}
