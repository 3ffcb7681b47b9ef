import { Command as Cmdk } from 'cmdk';
import { Container, type LucideIcon, Search } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { useDeferredValue, useRef, useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import { shortcutFor } from '#renderer/commands/keymap.ts';
import { commandLabel, isCommandEnabled, runCommand, useCommands } from '#renderer/commands/registry.ts';
import { commandsOfHost } from '#renderer/features/hosts/hostCommands.ts';
import { imageKey } from '#renderer/features/images/imageKey.ts';
import { imageListOf, setSelection } from '#renderer/features/images/imagesState.ts';
import { selectOnly } from '#renderer/features/images/selection.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { currentHost, hostCondition, showHost, useHosts } from '#renderer/state/hosts.ts';
import { goToPage, showOverlay } from '#renderer/state/layout.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { scrimClass } from '#renderer/ui/Dialog.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { Kbd } from '#renderer/ui/Kbd.tsx';
import { type Findable, rankMatches } from './rankMatches.ts';

interface PaletteItem extends Findable {
  readonly id: string;
  readonly icon: LucideIcon | null;
  /** Colour token of a host. */
  readonly colour?: number;
  readonly detail: string | null;
  readonly shortcut: string | null;
  readonly isEnabled: boolean;
  readonly perform: () => void;
}

interface PaletteGroup {
  readonly heading: string;
  readonly items: readonly PaletteItem[];
}

const imageLimit = 12;

export interface PaletteProps {
  /** `commands` lists every command; `all` also finds images and hosts. */
  readonly mode: 'commands' | 'all';
}

/** Finds by typing and does with Enter. */
export function Palette({ mode }: PaletteProps) {
  const text = useText('frame');
  const [query, setQuery] = useState('');
  const chosen = useRef<(() => void) | null>(null);
  const shownQuery = useDeferredValue(query);
  const groups = useGroups(mode, shownQuery);
  const [pointed, setPointed] = useState({ query: '', id: '' });
  const title = mode === 'all' ? text('palette.searchTitle') : text('palette.title');
  const placeholder = mode === 'all' ? text('palette.searchPlaceholder') : text('palette.placeholder');

  // Results come after the words: what was pointed at among other results gives way to the first of these.
  const enabled = groups.flatMap((group) => group.items).filter((item) => item.isEnabled);
  const isStillThere = pointed.query === shownQuery && enabled.some((item) => item.id === pointed.id);
  const pointedId = isStillThere ? pointed.id : (enabled[0]?.id ?? '');

  function choose(item: PaletteItem) {
    chosen.current = item.perform;
    showOverlay(null);
  }

  /** After the focus is back where it was, so that what is done may move it on. */
  function performChosen() {
    const perform = chosen.current;
    if (perform !== null) queueMicrotask(perform);
  }

  return (
    <Primitive.Root open onOpenChange={(open) => (open ? undefined : showOverlay(null))}>
      <Primitive.Portal>
        <Primitive.Overlay className={scrimClass} />
        <Primitive.Content
          aria-describedby={undefined}
          onCloseAutoFocus={performChosen}
          className="appear fixed top-[8vh] left-1/2 z-40 w-150 max-w-[94vw] -translate-x-1/2 overflow-hidden rounded-card border border-line-strong bg-bg shadow-lift focus-visible:outline-none"
        >
          <Primitive.Title className="sr-only">{title}</Primitive.Title>
          <Cmdk
            label={title}
            shouldFilter={false}
            loop
            value={pointedId}
            onValueChange={(id) => setPointed({ query: shownQuery, id })}
          >
            <div className="flex h-10 items-center gap-2.5 border-b border-line px-3">
              <Search aria-hidden className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
              <Cmdk.Input
                value={query}
                onValueChange={setQuery}
                placeholder={placeholder}
                className="h-full min-w-0 flex-1 bg-transparent text-heading outline-none placeholder:text-ink-3"
              />
            </div>
            <Cmdk.List className="max-h-[56vh] overflow-auto p-1.5">
              {groups.length === 0 ? (
                <p className="px-2 py-4 text-center text-ink-2">{text('palette.empty', { query })}</p>
              ) : null}
              {groups.map((group) => (
                <Cmdk.Group
                  key={group.heading}
                  heading={group.heading}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-0.5 [&_[cmdk-group-heading]]:text-tiny [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-ink-3"
                >
                  {group.items.map((item) => (
                    <PaletteRow key={item.id} item={item} onChoose={() => choose(item)} />
                  ))}
                </Cmdk.Group>
              ))}
            </Cmdk.List>
          </Cmdk>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function PaletteRow({ item, onChoose }: { readonly item: PaletteItem; readonly onChoose: () => void }) {
  const { icon: Icon, colour } = item;
  return (
    <Cmdk.Item
      value={item.id}
      disabled={!item.isEnabled}
      onSelect={onChoose}
      className="flex min-h-7 items-center gap-2.5 rounded-control px-2 data-[disabled=true]:text-ink-3 data-[selected=true]:bg-accent-soft"
    >
      <span className="grid size-4 shrink-0 place-items-center text-ink-3">
        {Icon === null ? null : <Icon aria-hidden className="size-4" strokeWidth={1.75} />}
        {colour === undefined ? null : <HostDot colour={colour} />}
      </span>
      <span className="min-w-0 truncate">{item.label}</span>
      <span className="min-w-0 flex-1 truncate text-right text-small text-ink-3">{item.detail}</span>
      {item.shortcut === null ? null : <Kbd shortcut={item.shortcut} />}
    </Cmdk.Item>
  );
}

function useGroups(mode: PaletteProps['mode'], query: string): readonly PaletteGroup[] {
  const text = useText('frame');
  const images = useImageItems(query);
  const hosts = useHostItems();
  const commands = useCommandItems();
  const hostCommands = useHostCommandItems();
  const places: readonly PaletteGroup[] =
    mode === 'commands'
      ? []
      : [
          { heading: text('palette.images'), items: query.trim() === '' ? images.slice(0, 5) : images },
          { heading: text('palette.hosts'), items: rankMatches(hosts, query, 5) },
        ];
  const found = rankMatches([...commands, ...(query.trim() === '' ? [] : hostCommands)], query, 200);
  const groups = mode === 'all' ? [{ heading: text('palette.title'), items: found }] : byGroup(found);
  return [...places, ...groups].filter((group) => group.items.length > 0);
}

function byGroup(items: readonly CommandItem[]): readonly PaletteGroup[] {
  const groups = new Map<string, PaletteItem[]>();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return [...groups].map(([heading, grouped]) => ({ heading, items: grouped }));
}

interface CommandItem extends PaletteItem {
  readonly group: string;
}

function useCommandItems(): readonly CommandItem[] {
  const text = useText('frame');
  const changes = useSettings((state) => state.settings?.shortcuts) ?? {};
  return useCommands()
    .filter((command) => command.isInPalette !== false)
    .map((command) => {
      const group = text(`commandGroups.${command.group}`);
      return {
        id: command.id,
        label: commandLabel(command),
        keywords: [...(command.keywords ?? []), group],
        group,
        icon: command.icon,
        detail: null,
        shortcut: shortcutFor(command, changes),
        isEnabled: isCommandEnabled(command),
        perform: () => void runCommand(command.id),
      };
    });
}

function useHostItems(): readonly PaletteItem[] {
  const text = useText('hosts');
  return useHosts((state) => state.hosts).map((host) => ({
    id: `host ${host.id}`,
    label: host.label,
    keywords: [host.address ?? '', host.facts?.operatingSystem ?? ''],
    icon: null,
    colour: host.colour,
    detail: text(`condition.${hostCondition(host)}`),
    shortcut: null,
    isEnabled: true,
    perform: () => {
      showHost(host.id);
      goToPage('hosts');
    },
  }));
}

/** What can be done with each host by its name; too many to list before something is typed. */
function useHostCommandItems(): readonly CommandItem[] {
  const group = useText('frame')('commandGroups.hosts');
  return useHosts((state) => state.hosts)
    .flatMap(commandsOfHost)
    .map(({ id, label, icon, host, perform }) => ({
      id,
      label,
      keywords: [host.address ?? '', group],
      group,
      icon,
      detail: host.address,
      shortcut: null,
      isEnabled: true,
      perform,
    }));
}

function useImageItems(query: string): readonly PaletteItem[] {
  const host = useHosts(currentHost);
  if (host === null) return [];
  const rows = imageListOf(host.id).getSnapshot().rows;
  const findable = rows.map((image) => ({ label: image.name, keywords: [image.source ?? ''], image }));
  return rankMatches(findable, query, imageLimit).map(({ label, keywords, image }) => ({
    id: `image ${image.path}`,
    label,
    keywords,
    icon: Container,
    detail: image.sizeBytes === null ? null : formatBytes(image.sizeBytes),
    shortcut: null,
    isEnabled: true,
    perform: () => {
      goToPage('images');
      setSelection(selectOnly(imageKey(image)));
    },
  }));
}
