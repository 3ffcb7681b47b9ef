import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import {
  chosenRuntime,
  connectHost,
  hostCondition,
  isConnecting,
  isReachable,
  showHost,
} from '#renderer/state/hosts.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { nextAt } from '#renderer/ui/listKeys.ts';
import { ContextMenu } from '#renderer/ui/Menu.tsx';
import { conditionLooks } from './hostLooks.ts';

export interface HostListProps {
  readonly hosts: readonly Host[];
  readonly shownId: HostId;
}

const menuIds = [
  'hosts.connect',
  'hosts.disconnect',
  'hosts.check',
  'separator',
  'hosts.edit',
  'hosts.remove',
];

/** The hosts, one under the other. Arrow keys move, Enter connects, the menu key has the rest. */
export function HostList({ hosts, shownId }: HostListProps) {
  const text = useText('hosts');
  const list = useRef<HTMLUListElement>(null);
  const focusedId = hosts.some(({ id }) => id === shownId) ? shownId : hosts[0]?.id;

  function onKeyDown(event: KeyboardEvent) {
    const at = hosts.findIndex(({ id }) => id === focusedId);
    const next = nextAt(event.key, at, hosts.length);
    if (next === null) return;
    event.preventDefault();
    const host = hosts[next];
    if (host === undefined) return;
    showHost(host.id);
    list.current?.querySelectorAll('button')[next]?.focus();
  }

  return (
    <ul ref={list} aria-label={text('list')} onKeyDown={onKeyDown} className="h-full overflow-auto">
      {hosts.map((host) => (
        <HostRow
          key={host.id}
          host={host}
          isShown={host.id === shownId}
          isFocusable={host.id === focusedId}
        />
      ))}
    </ul>
  );
}

interface HostRowProps {
  readonly host: Host;
  readonly isShown: boolean;
  readonly isFocusable: boolean;
}

function HostRow({ host, isShown, isFocusable }: HostRowProps) {
  const text = useText('hosts');
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isShown) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  const condition = hostCondition(host);
  const { icon, tone } = conditionLooks[condition];
  const canConnect = !isReachable(host) && !isConnecting(host);
  return (
    <li className="border-b border-line">
      <ContextMenu
        entries={host.kind === 'local' ? commandEntries(['hosts.check']) : commandEntries(menuIds)}
        onOpenChange={(isOpen) => (isOpen ? showHost(host.id) : undefined)}
      >
        <button
          ref={row}
          type="button"
          aria-current={isShown ? 'true' : undefined}
          tabIndex={isFocusable ? 0 : -1}
          {...(isFocusable ? { 'data-home-focus': true } : {})}
          onClick={() => showHost(host.id)}
          onDoubleClick={() => (canConnect ? connectHost(host.id) : undefined)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !canConnect || !isShown) return;
            event.preventDefault();
            connectHost(host.id);
          }}
          className={classNames(
            'flex w-full items-start gap-2.5 px-3 py-2 text-left focus-visible:-outline-offset-2',
            isShown ? 'bg-selected' : 'hover:bg-hover',
          )}
        >
          <HostDot colour={host.colour} className="mt-1.25" />
          <span className="flex min-w-0 flex-1 flex-col gap-0.5">
            <span className="flex items-center gap-2">
              <bdi dir="ltr" className="max-w-[60%] truncate font-semibold" title={host.label}>
                {host.label}
              </bdi>
              <bdi dir="ltr" className="min-w-0 flex-1 truncate text-small text-ink-3">
                {host.kind === 'local'
                  ? text('thisMachine')
                  : (host.address ?? host.preferences?.destination)}
              </bdi>
              <Badge tone={tone} icon={icon}>
                {text(`condition.${condition}`)}
              </Badge>
            </span>
            <HostNote host={host} />
          </span>
        </button>
      </ContextMenu>
    </li>
  );
}

/** The second line: why it is not as it should be, or what works there. */
function HostNote({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const { reason } = host.connection;
  if (reason !== null) {
    return (
      <span className={classNames('truncate text-small', conditionLooks[hostCondition(host)].className)}>
        {reason.title}
      </span>
    );
  }
  const runtime = chosenRuntime(host);
  const parts = [
    runtime === null ? null : `${text(`product.${runtime.product}`)} ${runtime.version}`,
    host.facts?.privilege ?? null,
    host.facts?.freeBytes == null ? null : text('freeShort', { size: formatBytes(host.facts.freeBytes) }),
  ].filter((part) => part !== null);
  return (
    <span className="truncate text-small text-ink-2">
      {host.facts === null ? text('noRuntimeYet') : parts.join(' · ')}
    </span>
  );
}
