import {
  Command as CommandIcon,
  Container,
  Contrast,
  Download,
  HardDrive,
  Keyboard,
  ListChecks,
  Monitor,
  Moon,
  PanelBottom,
  ScrollText,
  Search,
  Settings,
  Sparkles,
  SquareTerminal,
  Sun,
  Trash2,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import type { Command } from '#renderer/commands/registry.ts';
import { exportScript } from '#renderer/features/commandLog/exportScript.ts';
import { dismissFinished } from '#renderer/features/tasks/taskActions.ts';
import { goToPage, layoutStore, showDock, showOverlay } from '#renderer/state/layout.ts';
import { changeSettings, settingsStore } from '#renderer/state/settings.ts';
import { isActive, tasksStore } from '#renderer/state/tasks.ts';

const zoomSteps = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** The next larger (`1`) or smaller (`-1`) zoom. */
export function nextZoom(zoom: number, direction: 1 | -1): number {
  const larger = zoomSteps.find((step) => step > zoom + 0.001) ?? zoom;
  const smaller = zoomSteps.findLast((step) => step < zoom - 0.001) ?? zoom;
  return direction === 1 ? larger : smaller;
}

function zoomBy(direction: 1 | -1): Promise<void> {
  const zoom = settingsStore.getState().settings?.appearance.zoom ?? 1;
  return changeSettings({ appearance: { zoom: nextZoom(zoom, direction) } });
}

/** Commands of the frame itself: pages, dock, palette, zoom, theme. */
export const frameCommands: readonly Command[] = [
  {
    id: 'frame.palette',
    label: 'frame:commands.palette',
    group: 'help',
    icon: CommandIcon,
    shortcut: 'Mod+Shift+P',
    extraShortcuts: ['F1'],
    isInPalette: false,
    perform: () => showOverlay('palette'),
  },
  {
    id: 'frame.search',
    label: 'frame:commands.search',
    group: 'go',
    icon: Search,
    shortcut: 'Mod+K',
    isInPalette: false,
    perform: () => showOverlay('search'),
  },
  {
    id: 'frame.images',
    label: 'frame:commands.goImages',
    group: 'go',
    keywords: ['library', 'sif', 'page'],
    icon: Container,
    shortcut: 'Mod+1',
    perform: () => goToPage('images'),
  },
  {
    id: 'frame.shells',
    label: 'frame:commands.goShells',
    group: 'go',
    keywords: ['terminals', 'page'],
    icon: SquareTerminal,
    shortcut: 'Mod+2',
    perform: () => goToPage('shells'),
  },
  {
    id: 'frame.storage',
    label: 'frame:commands.goStorage',
    group: 'go',
    keywords: ['cache', 'layers', 'disk', 'page'],
    icon: HardDrive,
    shortcut: 'Mod+3',
    perform: () => goToPage('storage'),
  },
  {
    id: 'frame.hosts',
    label: 'frame:commands.goHosts',
    group: 'go',
    keywords: ['doctor', 'runtime', 'machine', 'page'],
    icon: Monitor,
    shortcut: 'Mod+4',
    perform: () => goToPage('hosts'),
  },
  {
    id: 'frame.settings',
    label: 'frame:commands.goSettings',
    group: 'go',
    keywords: ['preferences', 'options', 'configuration', 'page'],
    icon: Settings,
    shortcut: 'Mod+,',
    perform: () => goToPage('settings'),
  },
  {
    id: 'tasks.show',
    label: 'frame:commands.showTasks',
    group: 'tasks',
    keywords: ['progress', 'running', 'log'],
    icon: ListChecks,
    shortcut: 'Mod+Shift+J',
    perform: () => showDock('tasks'),
  },
  {
    id: 'tasks.dismissFinished',
    label: 'frame:commands.dismissFinished',
    group: 'tasks',
    keywords: ['clear', 'remove'],
    icon: Trash2,
    isEnabled: () => tasksStore.getState().tasks.some((task) => !isActive(task)),
    perform: dismissFinished,
  },
  {
    id: 'commandLog.show',
    label: 'frame:commands.showCommands',
    group: 'tasks',
    keywords: ['history'],
    icon: ScrollText,
    perform: () => showDock('commands'),
  },
  {
    id: 'commandLog.export',
    label: 'frame:commands.exportScript',
    group: 'tasks',
    keywords: ['save', 'shell', 'history'],
    icon: Download,
    perform: () => exportScript([]),
  },
  {
    id: 'frame.dock',
    label: 'frame:commands.toggleDock',
    group: 'view',
    keywords: ['panel', 'terminal', 'bottom'],
    icon: PanelBottom,
    shortcut: 'Mod+`',
    perform: () =>
      layoutStore.setState((state) => ({ isDockOpen: !state.isDockOpen, isDockMaximized: false })),
  },
  {
    id: 'view.zoomIn',
    label: 'frame:commands.zoomIn',
    group: 'view',
    keywords: ['larger', 'bigger'],
    icon: ZoomIn,
    shortcut: 'Mod+=',
    perform: () => zoomBy(1),
  },
  {
    id: 'view.zoomOut',
    label: 'frame:commands.zoomOut',
    group: 'view',
    keywords: ['smaller'],
    icon: ZoomOut,
    shortcut: 'Mod+-',
    perform: () => zoomBy(-1),
  },
  {
    id: 'view.zoomReset',
    label: 'frame:commands.zoomReset',
    group: 'view',
    keywords: ['100 %', 'normal'],
    icon: Search,
    shortcut: 'Mod+0',
    perform: () => changeSettings({ appearance: { zoom: 1 } }),
  },
  {
    id: 'view.themeLight',
    label: 'frame:commands.themeLight',
    group: 'view',
    keywords: ['bright', 'appearance', 'colour'],
    icon: Sun,
    perform: () => changeSettings({ appearance: { theme: 'light' } }),
  },
  {
    id: 'view.themeDark',
    label: 'frame:commands.themeDark',
    group: 'view',
    keywords: ['night', 'appearance', 'colour'],
    icon: Moon,
    perform: () => changeSettings({ appearance: { theme: 'dark' } }),
  },
  {
    id: 'view.themeSystem',
    label: 'frame:commands.themeSystem',
    group: 'view',
    keywords: ['appearance', 'colour', 'automatic'],
    icon: Contrast,
    perform: () => changeSettings({ appearance: { theme: 'system' } }),
  },
  {
    id: 'help.shortcuts',
    label: 'frame:commands.shortcuts',
    group: 'help',
    keywords: ['keys', 'keyboard'],
    icon: Keyboard,
    shortcut: '?',
    perform: () => showOverlay('shortcuts'),
  },
  {
    id: 'help.welcome',
    label: 'frame:commands.welcome',
    group: 'help',
    keywords: ['start', 'introduction', 'first'],
    icon: Sparkles,
    perform: () => layoutStore.setState({ isWelcomeShown: true }),
  },
];
