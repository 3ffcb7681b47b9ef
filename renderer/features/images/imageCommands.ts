import {
  ClipboardCopy,
  CloudDownload,
  Copy,
  FileInput,
  FolderOpen,
  FolderPlus,
  PackageOpen,
  Pencil,
  Play,
  RefreshCw,
  Search,
  Server,
  SlidersHorizontal,
  SquareChevronRight,
  SquareTerminal,
  Trash2,
  Upload,
} from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import {
  askDelete,
  canPublish,
  canRun,
  canSend,
  copyHostPaths,
  copyPaths,
  copyShellCommand,
  focusFilter,
  isElsewhere,
  isInReach,
  onlySelected,
  openShell,
  refreshImages,
} from './imageActions.ts';
import {
  emptyImportStart,
  emptyPullStart,
  imagesStore,
  selectedImages,
  showImagesDialog,
} from './imagesState.ts';

const isHere = ({ page }: CommandContext) => page === 'images';
const hasSelection = (context: CommandContext) => isHere(context) && selectedImages().length > 0;
const hasChangeable = (context: CommandContext) => hasSelection(context) && selectedImages().every(isInReach);
const hasOne = (context: CommandContext) => {
  const image = onlySelected();
  return isHere(context) && image !== null && isInReach(image);
};
const canStart = (context: CommandContext) => {
  const image = onlySelected();
  return hasOne(context) && image !== null && canRun(image);
};

/** Does something with the one chosen image. */
function withOne(perform: (image: Image) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const image = onlySelected();
    return image === null ? undefined : perform(image);
  };
}

function showAction(verb: ActionVerb): () => void {
  return () => void withOne((image) => showImagesDialog({ kind: 'action', image, verb }))();
}

/** Commands of the images page. */
export const imageCommands: readonly Command[] = [
  {
    id: 'images.pull',
    label: 'images:actions.pullLong',
    group: 'images',
    keywords: ['download', 'docker', 'oras', 'registry', 'get', 'new'],
    icon: CloudDownload,
    shortcut: 'Mod+N',
    perform: () => {
      goToPage('images');
      showImagesDialog({ kind: 'pull', start: emptyPullStart });
    },
  },
  {
    id: 'images.addFolder',
    label: 'images:actions.addFolder',
    group: 'images',
    keywords: ['directory', 'library', 'open'],
    icon: FolderPlus,
    perform: () => {
      goToPage('images');
      showImagesDialog({ kind: 'addFolder' });
    },
  },
  {
    id: 'images.import',
    label: 'images:actions.importLong',
    group: 'images',
    keywords: ['archive', 'docker save', 'tar', 'oci', 'add file', 'sif', 'open', 'sandbox'],
    icon: FileInput,
    perform: () => {
      goToPage('images');
      showImagesDialog({ kind: 'import', start: emptyImportStart });
    },
  },
  {
    id: 'images.refresh',
    label: 'images:actions.refresh',
    group: 'images',
    keywords: ['reload', 'scan'],
    icon: RefreshCw,
    shortcut: 'F5',
    isEnabled: isHere,
    perform: refreshImages,
  },
  {
    id: 'images.filter',
    label: 'images:actions.filter',
    group: 'images',
    keywords: ['search', 'find'],
    icon: Search,
    shortcut: 'Mod+F',
    isEnabled: isHere,
    perform: focusFilter,
  },
  {
    id: 'images.shell',
    label: 'images:actions.shellLong',
    group: 'images',
    keywords: ['terminal', 'interactive'],
    icon: SquareTerminal,
    isEnabled: canStart,
    perform: withOne(openShell),
  },
  {
    id: 'images.shellOptions',
    label: 'images:actions.shellOptions',
    group: 'images',
    keywords: ['bind', 'gpu', 'environment', 'isolation'],
    icon: SlidersHorizontal,
    isEnabled: canStart,
    perform: showAction('shell'),
  },
  {
    id: 'images.run',
    label: 'images:actions.run',
    group: 'images',
    keywords: ['runscript', 'start'],
    icon: Play,
    isEnabled: canStart,
    perform: showAction('run'),
  },
  {
    id: 'images.exec',
    label: 'images:actions.exec',
    group: 'images',
    keywords: ['program', 'start'],
    icon: SquareChevronRight,
    isEnabled: canStart,
    perform: showAction('exec'),
  },
  {
    id: 'images.workspace',
    label: 'images:actions.workspace',
    group: 'images',
    keywords: ['home', 'mysingularity', 'shell', 'open'],
    icon: FolderOpen,
    isEnabled: canStart,
    perform: () =>
      withOne((image) => showImagesDialog({ kind: 'action', image, verb: 'shell', wantsWorkspace: true }))(),
  },
  {
    id: 'images.send',
    label: 'images:actions.send',
    group: 'images',
    keywords: ['push', 'upload', 'copy', 'cluster', 'scp', 'rsync', 'transfer'],
    icon: Upload,
    isEnabled: (context) => hasSelection(context) && selectedImages().every(canSend),
    perform: () => showImagesDialog({ kind: 'send', images: selectedImages() }),
  },
  {
    id: 'images.publish',
    label: 'images:actions.publish',
    group: 'images',
    keywords: ['publish', 'upload', 'oras', 'registry', 'share'],
    icon: PackageOpen,
    isEnabled: (context) => {
      const image = onlySelected();
      return hasOne(context) && image !== null && canPublish(image);
    },
    perform: withOne((image) => showImagesDialog({ kind: 'publish', image })),
  },
  {
    id: 'images.allHosts',
    label: 'images:allHostsCommand',
    group: 'images',
    keywords: ['cluster', 'every', 'together'],
    icon: Server,
    isEnabled: () => hostsStore.getState().hosts.length > 1,
    perform: () => {
      goToPage('images');
      imagesStore.setState(({ isAllHosts }) => ({ isAllHosts: !isAllHosts }));
    },
  },
  {
    id: 'images.copyHostPath',
    label: 'images:actions.copyHostPath',
    group: 'images',
    keywords: ['scp', 'rsync', 'ssh'],
    icon: Copy,
    isEnabled: (context) => hasSelection(context) && selectedImages().every(isElsewhere),
    perform: () => copyHostPaths(selectedImages()),
  },
  {
    id: 'images.copyPath',
    label: 'images:actions.copyPath',
    group: 'images',
    icon: Copy,
    isEnabled: hasSelection,
    perform: () => copyPaths(selectedImages()),
  },
  {
    id: 'images.copyCommand',
    label: 'images:actions.copyCommand',
    group: 'images',
    icon: ClipboardCopy,
    isEnabled: canStart,
    perform: withOne(copyShellCommand),
  },
  {
    id: 'images.rename',
    label: 'images:actions.rename',
    group: 'images',
    icon: Pencil,
    shortcut: 'F2',
    isEnabled: hasOne,
    perform: withOne((image) => showImagesDialog({ kind: 'rename', image })),
  },
  {
    id: 'images.delete',
    label: 'images:actions.delete',
    group: 'images',
    keywords: ['remove', 'rm'],
    icon: Trash2,
    shortcut: 'Delete',
    isDanger: true,
    isEnabled: hasChangeable,
    perform: askDelete,
  },
];
