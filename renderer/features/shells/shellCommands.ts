import {
  AArrowDown,
  AArrowUp,
  Accessibility,
  ArrowLeft,
  ArrowRight,
  Baseline,
  ClipboardPaste,
  Columns2,
  Copy,
  Download,
  Eraser,
  Pencil,
  RotateCcw,
  Search,
  Server,
  SquareTerminal,
  TextSelect,
  X,
} from 'lucide-react';
import type { Terminal } from '#core/contract/terminals.ts';
import type { Command } from '#renderer/commands/registry.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { showDock } from '#renderer/state/layout.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { changeSettings, settingsStore } from '#renderer/state/settings.ts';
import { openTerminal, showTerminal, terminalsStore } from '#renderer/state/terminals.ts';
import { activeView } from './liveViews.ts';
import { neighbour, splitPanes, unsplitPanes } from './panes.ts';
import { ask, openHostShell, requestClose, restartTerminal, shellsStore } from './shellsState.ts';

const usualFontSize = 13;
const fontSizes = { smallest: 6, largest: 48 };

/** What can be done with terminals. They work on the active one. */
export const shellCommands: readonly Command[] = [
  {
    id: 'shells.newHostShell',
    label: 'shells:commands.newHostShell',
    group: 'shells',
    keywords: ['terminal', 'bash', 'console'],
    icon: SquareTerminal,
    shortcut: 'Mod+Shift+T',
    perform: () => openHostShell(hostsStore.getState().currentId),
  },
  {
    id: 'shells.newShellOn',
    label: 'shells:commands.newShellOn',
    group: 'shells',
    keywords: ['terminal', 'ssh', 'login', 'cluster', 'host'],
    icon: Server,
    isEnabled: () => hostsStore.getState().hosts.length > 1,
    perform: () => ask({ kind: 'host' }),
  },
  {
    id: 'shells.install',
    label: 'shells:commands.install',
    group: 'shells',
    keywords: ['apptainer', 'singularity', 'sudo'],
    icon: Download,
    isEnabled: () => currentState() === 'noRuntime',
    perform: async () => {
      await openTerminal({ kind: 'install', hostId: hostsStore.getState().currentId });
    },
  },
  onActive('shells.close', { icon: X, label: 'shells:commands.close', shortcut: 'Mod+Shift+W' }, ({ id }) =>
    requestClose(id),
  ),
  onActive('shells.rename', { icon: Pencil, label: 'shells:commands.rename' }, ({ id }) =>
    ask({ kind: 'rename', id }),
  ),
  {
    ...onActive('shells.restart', { icon: RotateCcw, label: 'shells:commands.restart' }, ({ id }) =>
      restartTerminal(id),
    ),
    isEnabled: () => activeTerminal()?.ended != null && activeTerminal()?.subject.kind !== 'task',
  },
  step(
    'shells.next',
    { icon: ArrowRight, label: 'shells:commands.next', shortcut: 'Mod+Shift+ArrowRight' },
    1,
  ),
  step(
    'shells.previous',
    { icon: ArrowLeft, label: 'shells:commands.previous', shortcut: 'Mod+Shift+ArrowLeft' },
    -1,
  ),
  {
    id: 'shells.split',
    label: 'shells:commands.split',
    group: 'shells',
    icon: Columns2,
    shortcut: 'Mod+Shift+5',
    isEnabled: () => terminalsStore.getState().terminals.length > 1,
    perform: toggleSplit,
  },
  onActive(
    'shells.find',
    { icon: Search, label: 'shells:commands.find', shortcut: 'Mod+Shift+F' },
    ({ id }) => {
      showDock('terminals');
      shellsStore.setState({ searchedId: id });
    },
  ),
  {
    ...onActive('shells.copy', { icon: Copy, label: 'shells:commands.copy', shortcut: 'Mod+Shift+C' }, () =>
      activeView()?.copy(),
    ),
    isEnabled: () => activeView()?.hasSelection === true,
  },
  onActive(
    'shells.paste',
    { icon: ClipboardPaste, label: 'shells:commands.paste', shortcut: 'Mod+Shift+V' },
    pasteFromClipboard,
  ),
  onActive('shells.selectAll', { icon: TextSelect, label: 'shells:commands.selectAll' }, () =>
    activeView()?.selectAll(),
  ),
  onActive('shells.clear', { icon: Eraser, label: 'shells:commands.clear', shortcut: 'Mod+Shift+K' }, () =>
    activeView()?.clear(),
  ),
  fontSize(
    'shells.fontBigger',
    { icon: AArrowUp, label: 'shells:commands.fontBigger', shortcut: 'Mod+Shift+ArrowUp' },
    (size) => size + 1,
  ),
  fontSize(
    'shells.fontSmaller',
    { icon: AArrowDown, label: 'shells:commands.fontSmaller', shortcut: 'Mod+Shift+ArrowDown' },
    (size) => size - 1,
  ),
  fontSize('shells.fontReset', { icon: Baseline, label: 'shells:commands.fontReset' }, () => usualFontSize),
  {
    id: 'shells.screenReader',
    label: 'shells:commands.screenReader',
    group: 'shells',
    keywords: ['accessibility', 'nvda', 'orca', 'voiceover'],
    icon: Accessibility,
    perform: () => {
      shellsStore.setState(({ isScreenReaderMode }) => ({ isScreenReaderMode: !isScreenReaderMode }));
    },
  },
];

/** Menu of a terminal. */
export const paneMenu = [
  'shells.copy',
  'shells.paste',
  'shells.selectAll',
  'separator',
  'shells.find',
  'shells.clear',
  'separator',
  'shells.split',
  'shells.rename',
  'shells.close',
] as const;

/** Menu of a terminal's tab. */
export const tabMenu = [
  'shells.rename',
  'shells.restart',
  'shells.split',
  'separator',
  'shells.close',
] as const;

type Looks = Pick<Command, 'icon' | 'label' | 'shortcut'>;

function activeTerminal(): Terminal | null {
  const { terminals, activeId } = terminalsStore.getState();
  return terminals.find((terminal) => terminal.id === activeId) ?? null;
}

function currentState() {
  const { hosts, currentId } = hostsStore.getState();
  return hosts.find((host) => host.id === currentId)?.state;
}

function onActive(id: string, looks: Looks, perform: (terminal: Terminal) => unknown): Command {
  return {
    id,
    ...looks,
    group: 'shells',
    isEnabled: () => activeTerminal() !== null,
    perform: async () => {
      const terminal = activeTerminal();
      if (terminal !== null) await perform(terminal);
    },
  };
}

function step(id: string, looks: Looks, by: 1 | -1): Command {
  return {
    id,
    ...looks,
    group: 'shells',
    isEnabled: () => terminalsStore.getState().terminals.length > 1,
    perform: () => {
      const { terminals, activeId } = terminalsStore.getState();
      const next = neighbour(
        activeId,
        terminals.map((terminal) => terminal.id),
        by,
      );
      if (next !== null) showTerminal(next);
    },
  };
}

function fontSize(id: string, looks: Looks, change: (size: number) => number): Command {
  return {
    id,
    ...looks,
    group: 'shells',
    perform: async () => {
      const size = change(settingsStore.getState().settings?.terminal.fontSize ?? usualFontSize);
      const { smallest, largest } = fontSizes;
      await changeSettings({ terminal: { fontSize: Math.min(largest, Math.max(smallest, size)) } });
    },
  };
}

function toggleSplit(): void {
  const open = terminalsStore.getState().terminals.map((terminal) => terminal.id);
  const { panes } = shellsStore.getState();
  const next = panes.right === null ? splitPanes(panes, open) : unsplitPanes(panes);
  if (next === null) return;
  shellsStore.setState({ panes: next });
  const shown = next.focused === 'right' ? next.right : next.left;
  if (shown !== null) showTerminal(shown);
}

/** From a menu the browser may ask for permission; the keys need none. */
async function pasteFromClipboard(): Promise<void> {
  const clipboard = await navigator.clipboard.readText().catch(() => null); // not permitted: said below
  if (clipboard !== null) activeView()?.offerPaste(clipboard);
  else {
    const title = textOf('shells:paste.denied');
    addNotice({ tone: 'bad', title, detail: null, taskId: null, report: null });
  }
}
