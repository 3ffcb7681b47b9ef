import { MoreHorizontal } from 'lucide-react';
import { baseName } from '#core/contract/hostPath.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { OverlayWork } from './OverlayWork.tsx';
import { overlayMenu } from './overlayCommands.ts';
import { fillOf, overlayState, stateTones } from './overlayState.ts';

/** One overlay beside the list: how full it is, whose it is, who has it open. */
export function OverlayDetail({ overlay }: { readonly overlay: Overlay }) {
  const text = useText('overlays');
  const host = useHosts((state) => hostOf(state, overlay.hostId));
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const name = showControls(baseName(overlay.path));
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
          <CommandButton id="overlays.check" />
          {overlay.isEmbedded ? null : (
            <>
              <CommandButton id="overlays.grow" />
              <CommandButton id="overlays.embed" />
            </>
          )}
          <span className="flex-1" />
          <Menu
            align="end"
            trigger={<IconButton icon={MoreHorizontal} label={text('more')} />}
            entries={commandEntries(overlayMenu)}
          />
        </div>
      </div>
      <OverlayWork hostId={overlay.hostId} path={overlay.path} />
      <div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-auto px-3 pb-3">
        <Facts overlay={overlay} />
        <Holders overlay={overlay} />
      </div>
    </aside>
  );
}

function Facts({ overlay }: { readonly overlay: Overlay }) {
  const text = useText('overlays');
  const { path, isEmbedded, sizeBytes, usedBytes, allocatedBytes, ownerId, isOwn, problem } = overlay;
  const state = overlayState(overlay);
  const fill = fillOf(overlay);
  const [used, size] = [formatBytes(usedBytes ?? 0), formatBytes(sizeBytes)];
  const items: readonly Definition[] = [
    {
      term: text('about.path'),
      value: (
        <span className="flex min-w-0 items-start gap-1">
          <bdi dir="ltr" data-selectable className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">
            {showControls(path)}
          </bdi>
          <CopyButton value={path} label={text('copyPath')} />
        </span>
      ),
    },
    { term: text('about.place'), value: text(isEmbedded ? 'about.inImage' : 'about.file') },
    {
      term: text('about.used'),
      value:
        fill === null ? (
          text('about.unknown')
        ) : (
          <span className="flex flex-col gap-1 py-1">
            {state === 'writing'
              ? text('about.usedBefore', { used, size })
              : text('about.usedOf', { used, size, percent: Math.round(100 * fill) })}
            <ProgressBar label={text('about.used')} fraction={fill} />
          </span>
        ),
    },
    ...(allocatedBytes === null ? [] : [{ term: text('about.disk'), value: formatBytes(allocatedBytes) }]),
    {
      term: text('about.owner'),
      value:
        ownerId === null
          ? text('about.unknown')
          : text(isOwn === true ? 'about.own' : 'about.other', { id: `${ownerId}` }),
    },
    {
      term: text('about.state'),
      value: <Badge tone={stateTones[state]}>{text(`states.${state}`)}</Badge>,
    },
  ];
  return (
    <>
      <DefinitionList items={items} />
      {state === 'unclean' ? <p className="text-small text-pretty">{text('uncleanText')}</p> : null}
      {problem === null ? null : <p className="text-small text-pretty text-ink-2">{showControls(problem)}</p>}
    </>
  );
}

function Holders({ overlay }: { readonly overlay: Overlay }) {
  const text = useText('overlays');
  return (
    <section aria-label={text('holders.title')} className="flex flex-col gap-1.5">
      <h3 className="font-semibold">{text('holders.title')}</h3>
      {overlay.holders.length === 0 ? (
        <p className="text-ink-2">{text('holders.none')}</p>
      ) : (
        <ul className="flex flex-col gap-1 rounded-control border border-line bg-bg px-2.5 py-2 text-small">
          {overlay.holders.map(({ processId, user, command, isWriting }) => (
            <li key={processId ?? 'other'} className="flex items-center gap-2">
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                {processId === null
                  ? text('holders.other')
                  : text('holders.one', {
                      command: showControls(command),
                      user: showControls(user),
                      process: `${processId}`,
                    })}
              </span>
              <Badge tone={isWriting ? 'accent' : 'plain'}>
                {text(isWriting ? 'holders.writing' : 'holders.reading')}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      <p className="text-small text-pretty text-ink-3">{text('holders.other_nodes')}</p>
    </section>
  );
}
