import { useQuery } from '@tanstack/react-query';
import { Layers2, Unplug } from 'lucide-react';
import { useEffect } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, currentHost, isConnecting, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { OverlayDetail } from './OverlayDetail.tsx';
import { OverlayDialogs } from './OverlayDialogs.tsx';
import { OverlayTable } from './OverlayTable.tsx';
import { OverlayWork } from './OverlayWork.tsx';
import { followWork } from './overlayActions.ts';
import { overlaysQuery } from './overlayQueries.ts';
import { overlaysStore, useOverlays } from './overlaysState.ts';

const none: readonly Overlay[] = [];

/** The overlays of the shown host: list, how full they are, who has them open. */
export function OverlaysPage() {
  const host = useHosts(currentHost);
  useEffect(followWork, []);
  if (host === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  return isReachable(host) ? <OverlaysOf key={host.id} host={host} /> : <Away host={host} />;
}

function Away({ host }: { readonly host: Host }) {
  const text = useText('overlays');
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="overlays">
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

function OverlaysOf({ host }: { readonly host: Host }) {
  const text = useText('overlays');
  const { data, error, refetch } = useQuery(overlaysQuery(host.id));
  const chosenPath = useOverlays((state) => state.chosenPath);
  const rows = data?.overlays ?? none;
  const chosen = rows.find(({ path }) => path === chosenPath) ?? null;
  // The buttons follow the overlay that commands are about.
  useOverlays((state) => state.chosen);
  useEffect(() => {
    overlaysStore.setState({ chosen });
    return () => overlaysStore.setState({ chosen: null });
  }, [chosen]);
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="overlays">
      <PageHeader
        title={text('title')}
        detail={data === undefined ? undefined : text('count', { count: rows.length, host: host.label })}
      >
        <CommandButton id="overlays.refresh" isIconOnly />
        <CommandButton id="overlays.create" tone="primary" />
      </PageHeader>
      <div className="flex min-h-0 flex-1 flex-col border-t border-line">
        <OverlayWork hostId={host.id} path={null} />
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
          <EmptyState icon={Layers2} title={text('none', { host: host.label })} text={text('noneText')}>
            <CommandButton id="overlays.create" />
          </EmptyState>
        ) : null}
        {rows.length === 0 ? null : (
          <div className="min-h-0 flex-1">
            <SplitPane
              id="overlays.detail"
              secondSize={46}
              secondMinSize={34}
              firstMinSize={26}
              first={<OverlayTable rows={rows} chosenPath={chosenPath} />}
              second={
                chosen === null ? (
                  <EmptyState icon={Layers2} title={text('choose')} text={text('chooseText')} />
                ) : (
                  <OverlayDetail key={chosen.path} overlay={chosen} />
                )
              }
            />
          </div>
        )}
      </div>
      <OverlayDialogs host={host} />
    </div>
  );
}
