import { Check, ChevronDown, List, Plug, Plus, Unplug } from 'lucide-react';
import { DropdownMenu as Primitive } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { useShortcut } from '#renderer/commands/keymap.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { HostState } from '#renderer/features/hosts/HostState.tsx';
import { hostsPageStore, useHostsPage } from '#renderer/features/hosts/hostsState.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import {
  connectHost,
  currentHost,
  disconnectHost,
  hostCondition,
  isConnecting,
  isReachable,
  showHost,
  useHosts,
} from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { Kbd } from '#renderer/ui/Kbd.tsx';

const itemClass =
  'flex min-h-7 items-center gap-2 rounded-small px-2 outline-none select-none data-highlighted:bg-accent-soft';

/** The edge in the colour of the host: seen before anything is read. */
const edges: readonly string[] = [
  'border-l-host-0',
  'border-l-host-1',
  'border-l-host-2',
  'border-l-host-3',
  'border-l-host-4',
];

/** Which machine the pages show, always in view: colour, name and state; its menu changes it and connects. */
export function HostSwitcher() {
  const text = useText('frame');
  const states = useText('hosts');
  const hosts = useHosts((state) => state.hosts);
  const host = useHosts(currentHost);
  const isOpen = useHostsPage((state) => state.isSwitcherOpen);
  const [trigger, setTrigger] = useState<HTMLButtonElement | null>(null);
  const label = host?.label ?? text('noHost');
  const state = host === null ? text('status.connecting') : states(`condition.${hostCondition(host)}`);
  return (
    <Primitive.Root
      // The page stays readable while the menu is open, and one press elsewhere closes it and does its work.
      modal={false}
      open={isOpen}
      onOpenChange={(open) => hostsPageStore.setState({ isSwitcherOpen: open })}
    >
      <Primitive.Trigger asChild>
        <button
          ref={setTrigger}
          type="button"
          aria-label={text('hostSwitcher', { host: label, state })}
          title={host?.address ?? undefined}
          className={classNames(
            'flex h-7 max-w-full min-w-41 items-center gap-2 justify-self-start rounded-control border border-l-4 border-line-strong bg-bg px-2 hover:bg-panel',
            edges[host?.colour ?? 0],
          )}
        >
          <HostDot colour={host?.colour ?? 0} />
          <bdi dir="ltr" className="max-w-[65%] grow truncate text-left font-semibold">
            {label}
          </bdi>
          {host === null || (host.kind === 'local' && host.state === 'ready') ? null : (
            <HostState host={host} className="min-w-4 shrink-1000! overflow-hidden text-small" />
          )}
          <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-3" />
        </button>
      </Primitive.Trigger>
      {/* In the bar, so that it is part of a landmark. */}
      <Primitive.Portal container={trigger?.closest('header') ?? null}>
        <Primitive.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="appear z-50 flex max-h-(--radix-popper-available-height) w-108 max-w-[94vw] min-w-(--radix-popper-anchor-width) flex-col rounded-card border border-line-strong bg-bg shadow-lift"
        >
          <Primitive.Group aria-label={states('switcher.hosts')} className="min-h-0 overflow-auto p-1">
            {hosts.map((choice) => (
              <HostLine key={choice.id} host={choice} isShown={choice.id === host?.id} />
            ))}
          </Primitive.Group>
          <div className="shrink-0 border-t border-line p-1">
            {host?.kind === 'ssh' && (isReachable(host) || isConnecting(host)) ? (
              <ActionLine
                icon={<Unplug aria-hidden className="size-4" />}
                onSelect={() => disconnectHost(host.id)}
              >
                {states(isReachable(host) ? 'disconnectFrom' : 'cancelConnectingTo', { host: host.label })}
              </ActionLine>
            ) : null}
            <ActionLine
              icon={<Plus aria-hidden className="size-4" />}
              onSelect={() => void runCommand('hosts.add')}
            >
              {states('add')}
            </ActionLine>
            <ActionLine
              icon={<List aria-hidden className="size-4" />}
              commandId="frame.hosts"
              onSelect={() => goToPage('hosts')}
            >
              {states('switcher.manage')}
            </ActionLine>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** A host, and beside it the item that connects to it where it is not connected. */
function HostLine({ host, isShown }: { readonly host: Host; readonly isShown: boolean }) {
  const text = useText('hosts');
  const canConnect = !isReachable(host) && !isConnecting(host);
  return (
    <div className="flex items-stretch gap-1">
      <Primitive.CheckboxItem
        checked={isShown}
        textValue={host.label}
        onSelect={() => showHost(host.id)}
        className={classNames(itemClass, 'min-w-0 flex-1')}
      >
        <span className="grid size-4 shrink-0 place-items-center">
          {isShown ? <Check aria-hidden className="size-4" strokeWidth={1.75} /> : null}
        </span>
        <HostDot colour={host.colour} />
        <span className="min-w-0 flex-1 py-1">
          <bdi dir="ltr" className={classNames('block truncate', isShown && 'font-semibold')}>
            {host.label}
          </bdi>
          {host.address === null ? null : (
            <bdi dir="ltr" className="block truncate text-tiny text-ink-3">
              {host.address}
            </bdi>
          )}
        </span>
        <HostState host={host} className="text-small" />
      </Primitive.CheckboxItem>
      {canConnect ? (
        <Primitive.Item
          aria-label={text('connectTo', { host: host.label })}
          // Typing the name finds the host, not this.
          textValue=""
          onSelect={() => {
            showHost(host.id);
            connectHost(host.id);
          }}
          className={classNames(itemClass, 'shrink-0 gap-1 text-small font-medium text-accent')}
        >
          <Plug aria-hidden className="size-3.5" />
          {text('switcher.connectNow')}
        </Primitive.Item>
      ) : null}
    </div>
  );
}

interface ActionLineProps {
  readonly icon: ReactNode;
  readonly commandId?: string;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

function ActionLine({ icon, commandId = '', onSelect, children }: ActionLineProps) {
  const shortcut = useShortcut(commandId);
  return (
    <Primitive.Item onSelect={onSelect} className={itemClass}>
      <span className="grid size-4 shrink-0 place-items-center text-ink-2">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut === undefined ? null : <Kbd shortcut={shortcut} />}
    </Primitive.Item>
  );
}
