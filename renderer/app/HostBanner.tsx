import { CircleX, LoaderCircle, type LucideIcon, PlugZap, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { openHostPage } from '#renderer/features/hosts/hostsState.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, currentHost, disconnectHost, useHosts } from '#renderer/state/hosts.ts';
import { useLayout } from '#renderer/state/layout.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { agoText, useNow } from '#renderer/ui/when.ts';
import { useIsWelcomeShown } from './useIsWelcomeShown.ts';

/** Pages that are about the window, or say a host's state themselves. */
const pagesWithout: ReadonlySet<string> = new Set(['hosts', 'settings', 'images']);

/** Says above the pages of a host that it is not connected, and offers the one click that mends it. */
export function HostBanner() {
  const host = useHosts(currentHost);
  const page = useLayout((state) => state.page);
  const isWelcomeShown = useIsWelcomeShown();
  if (host === null || host.kind === 'local' || pagesWithout.has(page) || isWelcomeShown) return null;
  return <BannerOf host={host} />;
}

function BannerOf({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const now = useNow(10_000);
  const { state, since, reason } = host.connection;
  const values = { host: host.label };
  switch (state) {
    case 'connected':
    case 'degraded':
      return null;
    case 'disconnected':
      return (
        <Banner
          icon={Unplug}
          tone="plain"
          title={text('banner.disconnected', values)}
          detail={host.facts === null ? null : text('banner.disconnectedText')}
        >
          <Button onClick={() => connectHost(host.id)}>{text('connect')}</Button>
        </Banner>
      );
    case 'connecting':
    case 'needsYou':
      return (
        <Banner
          icon={LoaderCircle}
          isTurning
          tone="plain"
          title={text(`banner.${state}`, values)}
          detail={null}
        >
          <Button onClick={() => disconnectHost(host.id)}>{text('cancelConnecting')}</Button>
        </Banner>
      );
    case 'lost':
      return (
        <Banner
          icon={PlugZap}
          tone="warn"
          title={text('banner.lost', { ...values, ago: agoText(since, now) })}
          detail={text('banner.lostText')}
        >
          <Button onClick={() => connectHost(host.id)}>{text('reconnect')}</Button>
        </Banner>
      );
    case 'refused':
      return (
        <Banner
          icon={CircleX}
          tone="bad"
          title={reason?.title ?? text('banner.refused', values)}
          detail={reason === null ? null : reason.nextStep}
        >
          <Button tone="quiet" onClick={() => openHostPage(host.id, 'overview')}>
            {text('banner.why')}
          </Button>
          <Button onClick={() => connectHost(host.id)}>{text('connectAgain')}</Button>
        </Banner>
      );
  }
}

const tones = { plain: 'bg-panel', warn: 'bg-warn-soft', bad: 'bg-bad-soft' } as const;
const iconTones = { plain: 'text-ink-2', warn: 'text-warn', bad: 'text-bad' } as const;

interface BannerProps {
  readonly icon: LucideIcon;
  readonly isTurning?: boolean;
  readonly tone: keyof typeof tones;
  readonly title: string;
  readonly detail: string | null;
  readonly children: ReactNode;
}

function Banner({ icon: Icon, isTurning = false, tone, title, detail, children }: BannerProps) {
  return (
    <div
      role="status"
      className={classNames(
        'flex shrink-0 items-center gap-2.5 border-b border-line px-3 py-1.5',
        tones[tone],
      )}
    >
      <Icon
        aria-hidden
        className={classNames('size-4 shrink-0', iconTones[tone], isTurning && 'animate-spin')}
      />
      <p className="min-w-0 flex-1 text-pretty [overflow-wrap:anywhere]">
        <b className="font-semibold">{title}</b>
        {detail === null ? null : <span className="text-ink-2"> {detail}</span>}
      </p>
      {children}
    </div>
  );
}
