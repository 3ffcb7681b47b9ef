import {
  Copy,
  Expand,
  FileSymlink,
  Layers2,
  Plus,
  RefreshCw,
  Stethoscope,
  Trash2,
  Wrench,
} from 'lucide-react';
import type { Overlay } from '#core/contract/overlays.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { currentHost, hostsStore, isReachable } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { tell } from '#renderer/state/notices.ts';
import { overlaysStore, showOverlaysDialog } from './overlaysState.ts';

/** Whether the shown host can be asked for its overlays. */
function isInReach(): boolean {
  const host = currentHost(hostsStore.getState());
  return host !== null && isReachable(host);
}

const hasChosen = ({ page }: CommandContext) =>
  page === 'overlays' && overlaysStore.getState().chosen !== null;
/** Grows and is embedded: not while it is part of an image. */
const hasChosenFile = (context: CommandContext) =>
  hasChosen(context) && overlaysStore.getState().chosen?.isEmbedded === false;

function withChosen(perform: (overlay: Overlay) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const { chosen } = overlaysStore.getState();
    return chosen === null ? undefined : perform(chosen);
  };
}

const showChosenDialog = (kind: 'grow' | 'embed' | 'mend' | 'remove') =>
  withChosen((overlay) => showOverlaysDialog({ kind, overlay }));

/** Commands of a chosen overlay's menu, by id. */
export const overlayMenu: readonly (string | 'separator')[] = [
  'overlays.mend',
  'overlays.copyPath',
  'separator',
  'overlays.remove',
];

/** Commands of the overlays page. */
export const overlayCommands: readonly Command[] = [
  {
    id: 'overlays.create',
    label: 'overlays:commands.create',
    group: 'overlays',
    keywords: ['ext3', 'writable', 'persist', 'changes'],
    icon: Plus,
    isEnabled: isInReach,
    perform: () => {
      goToPage('overlays');
      showOverlaysDialog({ kind: 'create' });
    },
  },
  {
    id: 'overlays.refresh',
    label: 'overlays:commands.refresh',
    group: 'overlays',
    keywords: ['reload'],
    icon: RefreshCw,
    isEnabled: ({ page }) => page === 'overlays' && isInReach(),
    perform: async () =>
      (await import('./overlayQueries.ts')).refreshOverlays(hostsStore.getState().currentId),
  },
  {
    id: 'overlays.check',
    label: 'overlays:commands.check',
    group: 'overlays',
    keywords: ['fsck', 'damage', 'sound'],
    icon: Stethoscope,
    isEnabled: hasChosen,
    perform: withChosen(async (overlay) => (await import('./overlayActions.ts')).checkOverlay(overlay)),
  },
  {
    id: 'overlays.mend',
    label: 'overlays:commands.mend',
    group: 'overlays',
    keywords: ['repair', 'fsck', 'fix'],
    icon: Wrench,
    isEnabled: hasChosen,
    perform: showChosenDialog('mend'),
  },
  {
    id: 'overlays.grow',
    label: 'overlays:commands.grow',
    group: 'overlays',
    keywords: ['resize', 'larger', 'space', 'full'],
    icon: Expand,
    isEnabled: hasChosenFile,
    perform: showChosenDialog('grow'),
  },
  {
    id: 'overlays.embed',
    label: 'overlays:commands.embed',
    group: 'overlays',
    keywords: ['sif', 'add', 'image'],
    icon: FileSymlink,
    isEnabled: hasChosenFile,
    perform: showChosenDialog('embed'),
  },
  {
    id: 'overlays.copyPath',
    label: 'overlays:commands.copyPath',
    group: 'overlays',
    icon: Copy,
    isEnabled: hasChosen,
    perform: withChosen(async ({ path }) => {
      await navigator.clipboard.writeText(path);
      tell(textOf('overlays:pathCopied'));
    }),
  },
  {
    id: 'overlays.remove',
    label: 'overlays:commands.remove',
    group: 'overlays',
    keywords: ['rm', 'remove'],
    icon: Trash2,
    isDanger: true,
    isEnabled: hasChosen,
    perform: showChosenDialog('remove'),
  },
  {
    id: 'frame.overlays',
    label: 'overlays:commands.go',
    group: 'go',
    keywords: ['ext3', 'changes', 'page'],
    icon: Layers2,
    perform: () => goToPage('overlays'),
  },
];
