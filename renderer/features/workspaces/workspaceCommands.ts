import {
  ArrowLeftRight,
  CircleDot,
  Copy,
  FolderInput,
  GitFork,
  House,
  Layers,
  Package,
  PackageOpen,
  Pencil,
  Play,
  Plus,
  RefreshCw,
  Ruler,
  Send,
  SquareChevronRight,
  SquareTerminal,
  Trash2,
  Wrench,
} from 'lucide-react';
import type { ActionVerb } from '#core/contract/runtime.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { currentHost, hostsStore, isReachable } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { showWorkspacesDialog, workspacesStore } from './workspacesState.ts';

function isInReach(): boolean {
  const host = currentHost(hostsStore.getState());
  return host !== null && isReachable(host);
}

const chosenWorkspace = () => workspacesStore.getState().chosen;
const hasChosen = ({ page }: CommandContext) =>
  page === 'workspaces' && chosenWorkspace() !== null && isInReach();
const hasOtherHost = (context: CommandContext) =>
  hasChosen(context) && hostsStore.getState().hosts.length > 1;

function withChosen(perform: (workspace: Workspace) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const workspace = chosenWorkspace();
    return workspace === null ? undefined : perform(workspace);
  };
}

function showDialog(kind: 'setUp' | 'edit' | 'snapshot' | 'remove' | 'pack' | 'embed' | 'sync' | 'push') {
  return withChosen((workspace) => showWorkspacesDialog({ kind, workspace }));
}

function showOpen(verb: ActionVerb) {
  return withChosen((workspace) => showWorkspacesDialog({ kind: 'open', workspace, verb }));
}

/** Commands about workspaces. */
export const workspaceCommands: readonly Command[] = [
  {
    id: 'workspaces.create',
    label: 'workspaces:commands.create',
    group: 'workspaces',
    keywords: ['workspace', 'make', 'home', 'mysingularity', 'empty'],
    icon: Plus,
    shortcut: 'Mod+Shift+M',
    isEnabled: isInReach,
    perform() {
      goToPage('workspaces');
      showWorkspacesDialog({ kind: 'create', hostId: hostsStore.getState().currentId, forkOf: null });
    },
  },
  {
    id: 'workspaces.adopt',
    label: 'workspaces:commands.adopt',
    group: 'workspaces',
    keywords: ['workspace', 'unpack', 'import', 'own', 'take over'],
    icon: FolderInput,
    isEnabled: isInReach,
    perform() {
      goToPage('workspaces');
      showWorkspacesDialog({ kind: 'adopt', hostId: hostsStore.getState().currentId });
    },
  },
  {
    id: 'workspaces.shell',
    label: 'workspaces:commands.shell',
    group: 'workspaces',
    keywords: ['open', 'terminal', 'workspace'],
    icon: SquareTerminal,
    isEnabled: hasChosen,
    perform: showOpen('shell'),
  },
  {
    id: 'workspaces.run',
    label: 'workspaces:commands.run',
    group: 'workspaces',
    keywords: ['open', 'start', 'workspace'],
    icon: Play,
    isEnabled: hasChosen,
    perform: showOpen('run'),
  },
  {
    id: 'workspaces.exec',
    label: 'workspaces:commands.exec',
    group: 'workspaces',
    keywords: ['open', 'execute', 'workspace'],
    icon: SquareChevronRight,
    isEnabled: hasChosen,
    perform: showOpen('exec'),
  },
  {
    id: 'workspaces.setUp',
    label: 'workspaces:commands.setUp',
    group: 'workspaces',
    keywords: ['spack', 'conda', 'mamba', 'pip', 'python', 'venv', 'r', 'recipe', 'install'],
    icon: Wrench,
    isEnabled: hasChosen,
    perform: showDialog('setUp'),
  },
  {
    id: 'workspaces.snapshot',
    label: 'workspaces:commands.snapshot',
    group: 'workspaces',
    keywords: ['keep', 'state', 'backup'],
    icon: CircleDot,
    isEnabled: hasChosen,
    perform: showDialog('snapshot'),
  },
  {
    id: 'workspaces.pack',
    label: 'workspaces:commands.pack',
    group: 'workspaces',
    keywords: ['file', 'sif', 'hand over', 'export', 'share'],
    icon: Package,
    isEnabled: hasChosen,
    perform: showDialog('pack'),
  },
  {
    id: 'workspaces.embed',
    label: 'workspaces:commands.embed',
    group: 'workspaces',
    keywords: ['image', 'overlay', 'hand over', 'share'],
    icon: Layers,
    isEnabled: hasChosen,
    perform: showDialog('embed'),
  },
  {
    id: 'workspaces.sync',
    label: 'workspaces:commands.sync',
    group: 'workspaces',
    keywords: ['host', 'update', 'rsync', 'copy'],
    icon: ArrowLeftRight,
    isEnabled: hasOtherHost,
    perform: showDialog('sync'),
  },
  {
    id: 'workspaces.push',
    label: 'workspaces:commands.push',
    group: 'workspaces',
    keywords: ['send', 'copy', 'transfer'],
    icon: Send,
    isEnabled: hasOtherHost,
    perform: showDialog('push'),
  },
  {
    id: 'workspaces.fork',
    label: 'workspaces:commands.fork',
    group: 'workspaces',
    keywords: ['copy', 'clone', 'duplicate'],
    icon: GitFork,
    isEnabled: hasChosen,
    perform: withChosen(({ hostId, id }) => showWorkspacesDialog({ kind: 'create', hostId, forkOf: id })),
  },
  {
    id: 'workspaces.edit',
    label: 'workspaces:commands.edit',
    group: 'workspaces',
    keywords: ['name', 'description', 'note'],
    icon: Pencil,
    isEnabled: hasChosen,
    perform: showDialog('edit'),
  },
  {
    id: 'workspaces.measure',
    label: 'workspaces:commands.measure',
    group: 'workspaces',
    keywords: ['size', 'files', 'software', 'count'],
    icon: Ruler,
    isEnabled: hasChosen,
    // What it calls comes with the page.
    perform: withChosen(async (workspace) =>
      (await import('./workspaceActions.ts')).measureWorkspace(workspace),
    ),
  },
  {
    id: 'workspaces.unpack',
    label: 'workspaces:commands.unpack',
    group: 'workspaces',
    keywords: ['plain', 'files', 'packed', 'faster', 'read'],
    icon: PackageOpen,
    isEnabled: (context) => hasChosen(context) && chosenWorkspace()?.below === 'packed',
    perform: withChosen(async (workspace) =>
      (await import('./workspaceActions.ts')).unpackWorkspace(workspace),
    ),
  },
  {
    id: 'workspaces.copyFolder',
    label: 'workspaces:commands.copyFolder',
    group: 'workspaces',
    keywords: ['path'],
    icon: Copy,
    isEnabled: hasChosen,
    perform: withChosen(({ folder }) => navigator.clipboard.writeText(folder)),
  },
  {
    id: 'workspaces.refresh',
    label: 'workspaces:commands.refresh',
    group: 'workspaces',
    icon: RefreshCw,
    isEnabled: ({ page }) => page === 'workspaces' && isInReach(),
    perform: async () => (await import('./workspacesQuery.ts')).forgetWorkspaces(),
  },
  {
    id: 'workspaces.remove',
    label: 'workspaces:commands.remove',
    group: 'workspaces',
    keywords: ['remove'],
    icon: Trash2,
    isDanger: true,
    isEnabled: hasChosen,
    perform: showDialog('remove'),
  },
  {
    id: 'frame.workspaces',
    label: 'workspaces:commands.go',
    group: 'go',
    keywords: ['home', 'mysingularity', 'page'],
    icon: House,
    shortcut: 'Mod+5',
    perform: () => goToPage('workspaces'),
  },
];

/** What can be done with a workspace of the list. */
export const workspaceMenu = [
  'workspaces.shell',
  'workspaces.run',
  'workspaces.exec',
  'separator',
  'workspaces.setUp',
  'workspaces.snapshot',
  'workspaces.measure',
  'workspaces.unpack',
  'workspaces.edit',
  'workspaces.fork',
  'separator',
  'workspaces.pack',
  'workspaces.embed',
  'workspaces.sync',
  'workspaces.push',
  'separator',
  'workspaces.copyFolder',
  'workspaces.remove',
] as const;
