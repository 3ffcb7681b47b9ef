import {
  CircleArrowDown,
  CircleArrowUp,
  FilePlus2,
  FolderOpen,
  Hammer,
  ListTree,
  Save,
  SaveAll,
  TextSearch,
  X,
} from 'lucide-react';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { buildsStore, currentDocument, type OpenDocument, showBuildsDialog } from './buildsState.ts';
import { liveEditor } from './liveEditor.ts';

const hasDocument = ({ page }: CommandContext) =>
  page === 'builds' && currentDocument(buildsStore.getState()) !== null;

/** What does the work comes with the page, not with the first picture. */
const documents = () => import('./documents.ts');

function withDocument(perform: (document: OpenDocument) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const document = currentDocument(buildsStore.getState());
    return document === null ? undefined : perform(document);
  };
}

async function save(document: OpenDocument): Promise<void> {
  if (document.path === null) askWhere(document);
  else await (await documents()).saveDocument(document.id);
}

function askWhere({ id }: OpenDocument): void {
  showBuildsDialog({ kind: 'saveAs', documentId: id, isClosedAfter: false });
}

/** The outline takes the keyboard, once it is drawn. */
function showOutline(): void {
  buildsStore.setState({ sideTab: 'outline' });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-outline] button')?.focus());
}

/** Commands of the builds page; they are about the definition file in the editor. */
export const buildCommands: readonly Command[] = [
  {
    id: 'builds.new',
    label: 'builds:commands.new',
    group: 'builds',
    keywords: ['definition', 'def', 'recipe', 'mpi', 'cuda', 'conda', 'spack'],
    icon: FilePlus2,
    perform: () => {
      goToPage('builds');
      showBuildsDialog({ kind: 'template' });
    },
  },
  {
    id: 'builds.open',
    label: 'builds:commands.open',
    group: 'builds',
    keywords: ['file', 'def', 'dockerfile', 'recipe'],
    icon: FolderOpen,
    shortcut: 'Mod+O',
    perform: () => {
      goToPage('builds');
      showBuildsDialog({ kind: 'open' });
    },
  },
  {
    id: 'builds.save',
    label: 'builds:commands.save',
    group: 'builds',
    keywords: ['write', 'disk'],
    icon: Save,
    shortcut: 'Mod+S',
    isEnabled: hasDocument,
    perform: withDocument(save),
  },
  {
    id: 'builds.saveAs',
    label: 'builds:commands.saveAs',
    group: 'builds',
    keywords: ['write', 'copy', 'rename'],
    icon: SaveAll,
    shortcut: 'Mod+Shift+S',
    isEnabled: hasDocument,
    perform: withDocument(askWhere),
  },
  {
    id: 'builds.close',
    label: 'builds:commands.close',
    group: 'builds',
    icon: X,
    isEnabled: hasDocument,
    perform: withDocument(async ({ id }) => (await documents()).askClose(id)),
  },
  {
    id: 'builds.build',
    label: 'builds:commands.build',
    group: 'builds',
    keywords: ['make', 'image', 'sif', 'sandbox', 'start'],
    icon: Hammer,
    shortcut: 'Mod+Shift+B',
    isEnabled: hasDocument,
    perform: withDocument(({ id }) => showBuildsDialog({ kind: 'build', documentId: id, like: null })),
  },
  {
    id: 'builds.nextProblem',
    label: 'builds:commands.nextProblem',
    group: 'builds',
    keywords: ['lint', 'error', 'warning'],
    icon: CircleArrowDown,
    shortcut: 'F8',
    isEnabled: hasDocument,
    perform: () => liveEditor()?.goToProblem(1),
  },
  {
    id: 'builds.previousProblem',
    label: 'builds:commands.previousProblem',
    group: 'builds',
    keywords: ['lint', 'error', 'warning'],
    icon: CircleArrowUp,
    shortcut: 'Shift+F8',
    isEnabled: hasDocument,
    perform: () => liveEditor()?.goToProblem(-1),
  },
  {
    id: 'builds.goToSection',
    label: 'builds:commands.goToSection',
    group: 'builds',
    keywords: ['outline', 'stage', 'post', 'files', 'jump'],
    icon: ListTree,
    shortcut: 'Mod+Shift+O',
    isEnabled: hasDocument,
    perform: showOutline,
  },
  {
    id: 'builds.find',
    label: 'builds:commands.find',
    group: 'builds',
    keywords: ['search', 'replace'],
    icon: TextSearch,
    isEnabled: hasDocument,
    perform: () => liveEditor()?.openSearch(),
  },
  {
    id: 'frame.builds',
    label: 'frame:commands.goBuilds',
    group: 'go',
    keywords: ['definition', 'def', 'editor', 'history', 'page'],
    icon: Hammer,
    perform: () => goToPage('builds'),
  },
];
