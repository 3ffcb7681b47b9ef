import { Box, Copy, FilePenLine, History, Plus, RefreshCw, Ruler, Snowflake, Trash2 } from 'lucide-react';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { currentHost, hostsStore, isReachable } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { tell } from '#renderer/state/notices.ts';
import { sandboxesStore, showSandboxesDialog } from './sandboxesState.ts';

/** Whether the shown host can be asked for its sandboxes. */
function isInReach(): boolean {
  const host = currentHost(hostsStore.getState());
  return host !== null && isReachable(host);
}

const hasChosen = ({ page }: CommandContext) =>
  page === 'sandboxes' && sandboxesStore.getState().chosen !== null;

/** What does the work comes with the page, not with the first picture. */
const actions = () => import('./sandboxActions.ts');

function withChosen(perform: (sandbox: Sandbox) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const { chosen } = sandboxesStore.getState();
    return chosen === null ? undefined : perform(chosen);
  };
}

function showChosenDialog(kind: 'clone' | 'freeze' | 'snapshot' | 'remove') {
  return withChosen((sandbox) => showSandboxesDialog({ kind, sandbox }));
}

/** Commands of a chosen sandbox's menu, by id. */
export const sandboxMenu: readonly (string | 'separator')[] = [
  'sandboxes.snapshot',
  'sandboxes.clone',
  'sandboxes.freeze',
  'sandboxes.draft',
  'separator',
  'sandboxes.measure',
  'sandboxes.copyPath',
  'separator',
  'sandboxes.remove',
];

/** Commands of the sandboxes page. */
export const sandboxCommands: readonly Command[] = [
  {
    id: 'sandboxes.new',
    label: 'sandboxes:commands.new',
    group: 'sandboxes',
    keywords: ['create', 'writable', 'folder', 'unpack', 'registry', 'definition'],
    icon: Plus,
    isEnabled: isInReach,
    perform: () => {
      goToPage('sandboxes');
      showSandboxesDialog({ kind: 'new' });
    },
  },
  {
    id: 'sandboxes.refresh',
    label: 'sandboxes:commands.refresh',
    group: 'sandboxes',
    keywords: ['reload'],
    icon: RefreshCw,
    isEnabled: ({ page }) => page === 'sandboxes' && isInReach(),
    perform: async () =>
      (await import('./sandboxQueries.ts')).refreshSandboxes(hostsStore.getState().currentId),
  },
  {
    id: 'sandboxes.snapshot',
    label: 'sandboxes:commands.snapshot',
    group: 'sandboxes',
    keywords: ['save', 'backup', 'keep'],
    icon: History,
    isEnabled: hasChosen,
    perform: showChosenDialog('snapshot'),
  },
  {
    id: 'sandboxes.clone',
    label: 'sandboxes:commands.clone',
    group: 'sandboxes',
    keywords: ['copy', 'duplicate', 'reflink'],
    icon: Copy,
    isEnabled: hasChosen,
    perform: showChosenDialog('clone'),
  },
  {
    id: 'sandboxes.freeze',
    label: 'sandboxes:commands.freeze',
    group: 'sandboxes',
    keywords: ['sif', 'build', 'image'],
    icon: Snowflake,
    isEnabled: hasChosen,
    perform: showChosenDialog('freeze'),
  },
  {
    id: 'sandboxes.draft',
    label: 'sandboxes:commands.draft',
    group: 'sandboxes',
    keywords: ['def', 'recipe', 'history', 'commands', 'diary'],
    icon: FilePenLine,
    isEnabled: hasChosen,
    perform: withChosen(async (sandbox) => (await actions()).draftSandbox(sandbox)),
  },
  {
    id: 'sandboxes.measure',
    label: 'sandboxes:commands.measure',
    group: 'sandboxes',
    keywords: ['size', 'du', 'owners'],
    icon: Ruler,
    isEnabled: hasChosen,
    perform: withChosen(async ({ hostId, path }) => (await actions()).measureSandbox({ hostId, path })),
  },
  {
    id: 'sandboxes.copyPath',
    label: 'sandboxes:commands.copyPath',
    group: 'sandboxes',
    icon: Copy,
    isEnabled: hasChosen,
    perform: withChosen(async ({ path }) => {
      await navigator.clipboard.writeText(path);
      tell(textOf('sandboxes:pathCopied'));
    }),
  },
  {
    id: 'sandboxes.remove',
    label: 'sandboxes:commands.remove',
    group: 'sandboxes',
    keywords: ['rm', 'subordinate', 'subuid'],
    icon: Trash2,
    isDanger: true,
    isEnabled: hasChosen,
    perform: showChosenDialog('remove'),
  },
  {
    id: 'frame.sandboxes',
    label: 'sandboxes:commands.go',
    group: 'go',
    keywords: ['writable', 'folder', 'page'],
    icon: Box,
    perform: () => goToPage('sandboxes'),
  },
];
