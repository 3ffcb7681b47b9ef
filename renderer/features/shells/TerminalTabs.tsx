import { ChevronDown, Columns2, Plus, X } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Terminal } from '#core/contract/terminals.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useShortcut } from '#renderer/commands/keymap.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { showTerminal, useTerminals } from '#renderer/state/terminals.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { ContextMenu, Menu } from '#renderer/ui/Menu.tsx';
import { hostEntries } from './hostEntries.tsx';
import { tabMenu } from './shellCommands.ts';
import { ask, requestClose, useShells } from './shellsState.ts';
import { statusWords } from './statusWords.ts';

/** The dock's bar while terminals are shown: one tab each, and what opens or splits them. */
export function TerminalTabs() {
  const text = useText('shells');
  const terminals = useTerminals((state) => state.terminals);
  const activeId = useTerminals((state) => state.activeId);
  const isSplit = useShells((state) => state.panes.right !== null);
  const hosts = useHosts((state) => state.hosts);
  const hasOthers = hosts.length > 1;
  const newShortcut = useShortcut('shells.newHostShell');
  const splitShortcut = useShortcut('shells.split');
  return (
    <div className="flex h-7.5 shrink-0 items-center gap-1 border-b border-line bg-rail pr-(--dock-controls) pl-2">
      <div
        role="tablist"
        aria-label={text('tabs')}
        className="flex h-full min-w-0 overflow-x-auto [scrollbar-width:none]"
        onKeyDown={moveAmongTabs}
      >
        {terminals.map((terminal) => (
          <TerminalTab key={terminal.id} terminal={terminal} isActive={terminal.id === activeId} />
        ))}
      </div>
      <IconButton
        size="small"
        icon={Plus}
        label={text('commands.newHostShell')}
        shortcut={newShortcut}
        onClick={() => void runCommand('shells.newHostShell')}
      />
      {hasOthers ? (
        <Menu
          trigger={<IconButton size="small" icon={ChevronDown} label={text('commands.newShellOn')} />}
          entries={hostEntries(hosts)}
        />
      ) : null}
      <IconButton
        size="small"
        icon={Columns2}
        label={text(isSplit ? 'commands.unsplit' : 'commands.split')}
        shortcut={splitShortcut}
        aria-pressed={isSplit}
        disabled={terminals.length < 2 && !isSplit}
        onClick={() => void runCommand('shells.split')}
      />
    </div>
  );
}

function TerminalTab({ terminal, isActive }: { readonly terminal: Terminal; readonly isActive: boolean }) {
  const text = useText('shells');
  const host = useHosts((state) => hostOf(state, terminal.hostId));
  const status = statusWords(terminal, host);
  return (
    <ContextMenu
      entries={commandEntries(tabMenu)}
      onOpenChange={(isOpen) => (isOpen && !isActive ? showTerminal(terminal.id) : undefined)}
    >
      <div
        role="presentation"
        className={classNames(
          'group flex h-full max-w-64 shrink-0 items-center border-x',
          isActive ? 'border-line bg-bg' : 'border-transparent',
        )}
      >
        <button
          type="button"
          role="tab"
          aria-selected={isActive}
          tabIndex={isActive ? 0 : -1}
          aria-label={text('tabLabel', { title: terminal.title, status })}
          title={terminal.command}
          onClick={() => showTerminal(terminal.id)}
          onDoubleClick={() => ask({ kind: 'rename', id: terminal.id })}
          onKeyDown={(event) => pressOnTab(event, terminal)}
          className={classNames(
            'flex h-full min-w-0 items-center gap-2 pr-1 pl-2.5 text-small focus-visible:-outline-offset-2',
            isActive ? 'font-semibold text-ink' : 'text-ink-2 hover:text-ink',
          )}
        >
          <HostDot colour={host?.colour ?? 0} />
          <span className="truncate">{terminal.title}</span>
          {terminal.ended === null ? null : (
            <span
              className={classNames(
                'shrink-0 text-tiny font-normal',
                terminal.ended.exitStatus === 0 ? 'text-ink-3' : 'text-bad',
              )}
            >
              {status}
            </span>
          )}
        </button>
        {/* For the pointer: a tab may hold nothing else, and by keyboard Delete closes it. */}
        <IconButton
          size="small"
          icon={X}
          aria-hidden
          tabIndex={-1}
          label={text('close.button', { title: terminal.title })}
          className={classNames(
            'mr-1',
            !isActive && 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100',
          )}
          onClick={() => requestClose(terminal.id)}
        />
      </div>
    </ContextMenu>
  );
}

function pressOnTab(event: KeyboardEvent, terminal: Terminal): void {
  if (event.key === 'F2') ask({ kind: 'rename', id: terminal.id });
  else if (event.key === 'Delete') requestClose(terminal.id);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function moveAmongTabs(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role=tab]')];
  const at = event.target instanceof HTMLButtonElement ? tabs.indexOf(event.target) : -1;
  if (at < 0) return;
  event.preventDefault();
  tabs.at((at + (event.key === 'ArrowRight' ? 1 : -1)) % tabs.length)?.focus();
}
