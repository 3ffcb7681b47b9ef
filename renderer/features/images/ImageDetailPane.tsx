import { MoreHorizontal, Play, SquareTerminal, Upload } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import type { Image, ImageDetail } from '#core/contract/images.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { type TabItem, Tabs } from '#renderer/ui/Tabs.tsx';
import { DetailLog } from './DetailLog.tsx';
import { DetailMade } from './DetailMade.tsx';
import { DetailObjects } from './DetailObjects.tsx';
import { DetailSummary } from './DetailSummary.tsx';
import { DetailApps, DetailDefinition, DetailEnvironment, DetailLabels, Nothing } from './DetailTexts.tsx';
import { canRun, canSend, imageMenu, openShell } from './imageActions.ts';
import { type DetailTab, imagesStore, showImagesDialog, useImages } from './imagesState.ts';
import { useImageDetail } from './useImageDetail.ts';

/** One image beside the list: its actions, and all that its bytes tell. Nothing of it is run to learn this. */
export function ImageDetailPane({ image }: { readonly image: Image }) {
  const text = useText('images');
  const host = useHosts((state) => hostOf(state, image.hostId));
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const isAway = host === null || !isReachable(host);
  const { detail, failure } = useImageDetail(image, isAway);
  return (
    <aside
      aria-label={text('detailPane.name', { name: image.name })}
      className="flex h-full min-h-0 flex-col gap-2.5 overflow-hidden bg-panel p-3 pb-0"
    >
      <div className="flex items-start gap-2">
        <h2
          className="min-w-0 flex-1 text-heading font-bold [overflow-wrap:anywhere] line-clamp-3"
          title={image.name}
        >
          <bdi dir="ltr">{image.name}</bdi>
        </h2>
        {detail === null ? null : <FitsBadge detail={detail} host={host} />}
      </div>
      {host !== null && hasOthers ? (
        <HostLabel colour={host.colour} label={host.label} className="-mt-1.5 text-small text-ink-2" />
      ) : null}
      <DetailButtons image={image} isAway={isAway} />
      {isAway ? (
        <p className="text-small text-pretty text-ink-2">
          {text('away.detail', { host: host?.label ?? image.hostId })}
        </p>
      ) : null}
      {failure === null ? <DetailTabs image={image} detail={detail} /> : <ErrorNotice report={failure} />}
    </aside>
  );
}

function FitsBadge({ detail, host }: { readonly detail: ImageDetail; readonly host: Host | null }) {
  const text = useText('images');
  const { fits, reason } = detail.fitsHost;
  return (
    <span title={reason}>
      <Badge tone={fits ? 'ok' : 'warn'}>
        {fits ? text('detailPane.fits', { host: host?.label ?? '' }) : text('detailPane.fitsNot')}
      </Badge>
    </span>
  );
}

function DetailButtons({ image, isAway }: { readonly image: Image; readonly isAway: boolean }) {
  const text = useText('images');
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const cannotStart = !canRun(image) || isAway;
  return (
    <div role="toolbar" aria-label={text('actions.toolbar')} className="flex gap-1.5">
      <Button
        data-detail-start
        tone="primary"
        icon={SquareTerminal}
        disabled={cannotStart}
        onClick={() => openShell(image)}
      >
        {text('actions.shell')}
      </Button>
      <Button
        icon={Play}
        disabled={cannotStart}
        onClick={() => showImagesDialog({ kind: 'action', image, verb: 'run' })}
      >
        {text('actions.run')}
      </Button>
      {hasOthers && canSend(image) ? (
        <Button icon={Upload} onClick={() => showImagesDialog({ kind: 'send', images: [image] })}>
          {text('actions.sendShort')}
        </Button>
      ) : null}
      <span className="flex-1" />
      <Menu
        align="end"
        trigger={<IconButton icon={MoreHorizontal} label={text('actions.more')} />}
        entries={commandEntries(imageMenu)}
      />
    </div>
  );
}

function DetailTabs({ image, detail }: { readonly image: Image; readonly detail: ImageDetail | null }) {
  const text = useText('images');
  const wanted = useImages((state) => state.tab);
  const waiting = <Spinner label={text('detailPane.loading')} />;
  const items: TabItem<DetailTab>[] = [
    { id: 'summary', label: text('tabs.summary'), content: <DetailSummary image={image} detail={detail} /> },
    {
      id: 'made',
      label: text('tabs.made'),
      content: detail === null ? waiting : <DetailMade image={image} detail={detail} />,
    },
    {
      id: 'definition',
      label: text('tabs.definition'),
      content: detail === null ? waiting : <DetailDefinition detail={detail} />,
    },
    {
      id: 'environment',
      label: text('tabs.environment'),
      content: detail === null ? waiting : <DetailEnvironment detail={detail} />,
    },
    {
      id: 'labels',
      label: text('tabs.labels'),
      content: detail === null ? waiting : <DetailLabels detail={detail} key={image.path} />,
    },
    ...(detail === null || detail.apps.length === 0
      ? []
      : [
          {
            id: 'apps' as const,
            label: text('tabs.apps'),
            content: <DetailApps detail={detail} />,
          },
        ]),
    {
      id: 'objects',
      label: text('tabs.objects'),
      content: detail === null ? waiting : <DetailObjects detail={detail} />,
    },
    { id: 'log', label: text('tabs.log'), content: detail === null ? waiting : <LogOf detail={detail} /> },
  ];
  // The tab stays chosen while walking through the list, also over images that do not have it.
  const value = items.some((item) => item.id === wanted) ? wanted : 'summary';
  return (
    <Tabs
      label={text('detailPane.tabs')}
      value={value}
      onChange={(tab) => imagesStore.setState({ tab })}
      items={items}
    />
  );
}

function LogOf({ detail }: { readonly detail: ImageDetail }) {
  const text = useText('images');
  if (detail.taskId === null) return <Nothing>{text('log.none')}</Nothing>;
  return <DetailLog key={detail.taskId} taskId={detail.taskId} />;
}
