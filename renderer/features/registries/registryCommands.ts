import {
  ArrowDown,
  ArrowUp,
  ClipboardCopy,
  CloudDownload,
  Copy,
  CopyPlus,
  FolderDown,
  KeyRound,
  Library,
  LogOut,
  Pencil,
  Plus,
  RefreshCw,
  Search,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { goToPage } from '#renderer/state/layout.ts';
import {
  askSignIn,
  chosenRegistry,
  moveRegistry,
  registriesStore,
  registryList,
  showRegistriesDialog,
} from './registriesState.ts';

const isHere = ({ page }: CommandContext) => page === 'registries';
const hasChosen = (context: CommandContext) => isHere(context) && chosenRegistry() !== null;
const found = () => registriesStore.getState().found;
const hasFound = (context: CommandContext) => isHere(context) && found() !== null;
const canPull = (context: CommandContext) =>
  hasFound(context) && found()?.holds !== 'other' && found()?.holds !== 'sandbox';
const isInPlace = (context: CommandContext) => hasFound(context) && found()?.holds === 'sandbox';
const canChange = (context: CommandContext) => hasFound(context) && found()?.canChange === true;

const canSignIn = (context: CommandContext) =>
  hasChosen(context) && registriesStore.getState().signInHost !== null;

/** What does the work comes with the page, not with the first picture. */
const actions = () => import('./registryActions.ts');

function withChosen(
  perform: (registry: RegistrySettings) => void | Promise<void>,
): () => void | Promise<void> {
  return () => {
    const registry = chosenRegistry();
    return registry === null ? undefined : perform(registry);
  };
}

function placeInList(by: -1 | 1): (context: CommandContext) => boolean {
  return (context) => {
    const registry = chosenRegistry();
    if (!isHere(context) || registry === null) return false;
    const list = registryList();
    return list[list.indexOf(registry) + by] !== undefined;
  };
}

/** Commands of the registries page; they are about the chosen registry and the image that is shown. */
export const registryCommands: readonly Command[] = [
  {
    id: 'registries.add',
    label: 'registries:commands.add',
    group: 'registries',
    keywords: ['docker hub', 'quay', 'ghcr', 'gitlab', 'harbor', 's3', 'bucket', 'mirror', 'new'],
    icon: Plus,
    perform: () => showRegistriesDialog({ kind: 'add' }),
  },
  {
    id: 'registries.search',
    label: 'registries:commands.search',
    group: 'registries',
    keywords: ['find', 'repositories', 'images', 'filter'],
    icon: Search,
    shortcut: '/',
    isEnabled: hasChosen,
    perform: async () => (await actions()).focusSearch(),
  },
  {
    id: 'registries.refresh',
    label: 'registries:commands.refresh',
    group: 'registries',
    keywords: ['reload', 'again'],
    icon: RefreshCw,
    shortcut: 'Shift+F5',
    isEnabled: hasChosen,
    perform: withChosen(async ({ id }) => (await import('./lists.ts')).forgetRegistry(id)),
  },
  {
    id: 'registries.pullSif',
    label: 'registries:commands.pullSif',
    group: 'registries',
    keywords: ['download', 'get'],
    icon: CloudDownload,
    isEnabled: canPull,
    perform: async () => (await actions()).pullShown('sif'),
  },
  {
    id: 'registries.pullSandbox',
    label: 'registries:commands.pullSandbox',
    group: 'registries',
    keywords: ['download', 'folder', 'unpack'],
    icon: FolderDown,
    isEnabled: canPull,
    perform: async () => (await actions()).pullShown('sandbox'),
  },
  {
    id: 'registries.shell',
    label: 'registries:commands.shell',
    group: 'registries',
    keywords: ['terminal', 'run', 'in place'],
    icon: SquareTerminal,
    isEnabled: isInPlace,
    perform: async () => (await actions()).openShellInPlace(),
  },
  {
    id: 'registries.copyReference',
    label: 'registries:commands.copyReference',
    group: 'registries',
    keywords: ['docker', 'clipboard', 'address'],
    icon: Copy,
    isEnabled: hasFound,
    perform: async () => {
      const reference = (await actions()).chosenReference();
      if (reference !== null) await navigator.clipboard.writeText(reference);
    },
  },
  {
    id: 'registries.copyDigest',
    label: 'registries:commands.copyDigest',
    group: 'registries',
    keywords: ['sha256', 'clipboard'],
    icon: ClipboardCopy,
    isEnabled: (context) => hasFound(context) && found()?.digest !== null,
    perform: async () => {
      const digest = found()?.digest ?? null;
      if (digest !== null) await navigator.clipboard.writeText(digest);
    },
  },
  {
    id: 'registries.copyTag',
    label: 'registries:commands.copyTag',
    group: 'registries',
    keywords: ['retag', 'name', 'publish'],
    icon: CopyPlus,
    isEnabled: canChange,
    perform: () => {
      const image = found();
      if (image === null) return;
      const { reference, allowHttp } = image;
      showRegistriesDialog({ kind: 'copyTag', reference, allowHttp });
    },
  },
  {
    id: 'registries.delete',
    label: 'registries:commands.delete',
    group: 'registries',
    keywords: ['remove', 'manifest', 'tag'],
    icon: Trash2,
    isDanger: true,
    isEnabled: canChange,
    perform: () => {
      const image = found();
      if (image === null) return;
      const { reference, allowHttp } = image;
      showRegistriesDialog({ kind: 'delete', reference, allowHttp });
    },
  },
  {
    id: 'registries.signIn',
    label: 'registries:commands.signIn',
    group: 'registries',
    keywords: ['login', 'password', 'token', 'credentials'],
    icon: KeyRound,
    isEnabled: canSignIn,
    perform: () => {
      const { signInHost } = registriesStore.getState();
      if (signInHost !== null) askSignIn(signInHost);
    },
  },
  {
    id: 'registries.signOut',
    label: 'registries:commands.signOut',
    group: 'registries',
    keywords: ['logout', 'forget', 'credentials'],
    icon: LogOut,
    isEnabled: canSignIn,
    perform: async () => {
      const { signInHost } = registriesStore.getState();
      if (signInHost !== null) (await actions()).signOutOf(signInHost);
    },
  },
  {
    id: 'registries.edit',
    label: 'registries:commands.edit',
    group: 'registries',
    keywords: ['settings', 'mirror', 'http', 'bucket'],
    icon: Pencil,
    isEnabled: hasChosen,
    perform: withChosen(({ id }) => showRegistriesDialog({ kind: 'edit', registryId: id })),
  },
  {
    id: 'registries.moveUp',
    label: 'registries:commands.moveUp',
    group: 'registries',
    icon: ArrowUp,
    isEnabled: placeInList(-1),
    perform: withChosen(({ id }) => moveRegistry(id, -1)),
  },
  {
    id: 'registries.moveDown',
    label: 'registries:commands.moveDown',
    group: 'registries',
    icon: ArrowDown,
    isEnabled: placeInList(1),
    perform: withChosen(({ id }) => moveRegistry(id, 1)),
  },
  {
    id: 'registries.remove',
    label: 'registries:commands.remove',
    group: 'registries',
    keywords: ['forget', 'delete'],
    icon: Trash2,
    isDanger: true,
    isEnabled: hasChosen,
    perform: withChosen(({ id }) => showRegistriesDialog({ kind: 'remove', registryId: id })),
  },
  {
    id: 'frame.registries',
    label: 'frame:commands.goRegistries',
    group: 'go',
    keywords: ['docker hub', 'search images', 'tags', 'page'],
    icon: Library,
    perform: () => goToPage('registries'),
  },
];
