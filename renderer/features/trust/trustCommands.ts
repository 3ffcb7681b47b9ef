import { Copy, Download, FileKey, KeyRound, Plus, RefreshCw, Search, Trash2, Upload } from 'lucide-react';
import type { TrustKey } from '#core/contract/trust.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { currentHost, hostsStore, isReachable } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { showTrustDialog, trustStore } from './trustState.ts';

/** Whether the shown host can be asked for its keys. */
function isInReach(): boolean {
  const host = currentHost(hostsStore.getState());
  return host !== null && isReachable(host);
}

const chosenKey = () => trustStore.getState().chosen;
const hasChosen = ({ page }: CommandContext) => page === 'keys' && chosenKey() !== null;
/** The administrator's ring is only read, and what cannot be read has no fingerprint. */
const hasOwn = (context: CommandContext) => {
  const key = chosenKey();
  return hasChosen(context) && key?.ring === 'local' && key.fingerprint !== '';
};

function showHostDialog(kind: 'create' | 'import' | 'search'): () => void {
  return () => {
    const hostId = hostsStore.getState().currentId;
    goToPage('keys');
    showTrustDialog(kind === 'search' ? { kind, hostId, term: '' } : { kind, hostId });
  };
}

function withChosen(perform: (key: TrustKey) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const key = chosenKey();
    return key === null ? undefined : perform(key);
  };
}

function showKeyDialog(kind: 'export' | 'remove' | 'push'): () => void {
  return () =>
    void withChosen((key) => showTrustDialog({ kind, hostId: hostsStore.getState().currentId, key }))();
}

/** Commands about keys. */
export const trustCommands: readonly Command[] = [
  {
    id: 'trust.create',
    label: 'trust:commands.create',
    group: 'keys',
    keywords: ['new', 'pgp', 'gpg', 'newpair', 'sign'],
    icon: Plus,
    isEnabled: isInReach,
    perform: showHostDialog('create'),
  },
  {
    id: 'trust.import',
    label: 'trust:commands.import',
    group: 'keys',
    keywords: ['pgp', 'gpg', 'armor', 'add'],
    icon: FileKey,
    isEnabled: isInReach,
    perform: showHostDialog('import'),
  },
  {
    id: 'trust.search',
    label: 'trust:commands.search',
    group: 'keys',
    keywords: ['fetch', 'pull', 'hkp', 'openpgp'],
    icon: Search,
    isEnabled: isInReach,
    perform: showHostDialog('search'),
  },
  {
    id: 'trust.export',
    label: 'trust:commands.export',
    group: 'keys',
    keywords: ['save', 'armor', 'public', 'private', 'backup'],
    icon: Download,
    isEnabled: hasOwn,
    perform: showKeyDialog('export'),
  },
  {
    id: 'trust.push',
    label: 'trust:commands.push',
    group: 'keys',
    keywords: ['keyserver', 'upload', 'push'],
    icon: Upload,
    isEnabled: (context) => hasOwn(context) && chosenKey()?.hasPublicHalf === true,
    perform: showKeyDialog('push'),
  },
  {
    id: 'trust.copyFingerprint',
    label: 'trust:commands.copyFingerprint',
    group: 'keys',
    icon: Copy,
    isEnabled: hasChosen,
    perform: withChosen(({ fingerprint }) => navigator.clipboard.writeText(fingerprint)),
  },
  {
    id: 'trust.refresh',
    label: 'trust:commands.refresh',
    group: 'keys',
    keywords: ['reload'],
    icon: RefreshCw,
    isEnabled: ({ page }) => page === 'keys' && isInReach(),
    perform: async () => (await import('./keysQuery.ts')).forgetKeys(),
  },
  {
    id: 'trust.remove',
    label: 'trust:commands.remove',
    group: 'keys',
    keywords: ['delete'],
    icon: Trash2,
    isDanger: true,
    isEnabled: hasOwn,
    perform: showKeyDialog('remove'),
  },
  {
    id: 'frame.keys',
    label: 'trust:commands.go',
    group: 'go',
    keywords: ['pgp', 'signature', 'trust', 'page'],
    icon: KeyRound,
    perform: () => goToPage('keys'),
  },
];
