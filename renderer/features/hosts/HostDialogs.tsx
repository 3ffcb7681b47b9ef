import { lazy, Suspense, useEffect } from 'react';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { endSigningIn, promptView, usePrompts } from '#renderer/state/prompts.ts';
import { showHostsDialog, useHostsPage } from './hostsState.ts';

// Forms check with the contract's schemas, and few starts ask anything: each loads when it is needed.
const AddHostDialog = lazy(async () => ({ default: (await import('./AddHostDialog.tsx')).AddHostDialog }));
const RemoveHostDialog = lazy(async () => ({
  default: (await import('./RemoveHostDialog.tsx')).RemoveHostDialog,
}));
const PromptDialog = lazy(async () => ({ default: (await import('./PromptDialog.tsx')).PromptDialog }));

/** Dialogs about hosts that may lie over any page: what ssh asks, and the forms that add and remove. */
export function HostDialogs() {
  return (
    <Suspense fallback={null}>
      <OpenDialog />
      <Prompts />
    </Suspense>
  );
}

function OpenDialog() {
  const dialog = useHostsPage((state) => state.dialog);
  const removed = useHosts((state) => (dialog?.kind === 'remove' ? hostOf(state, dialog.hostId) : null));
  const close = () => showHostsDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'add':
      return <AddHostDialog onClose={close} />;
    case 'remove':
      return removed === null ? null : <RemoveHostDialog host={removed} onClose={close} />;
  }
}

function Prompts() {
  const prompts = usePrompts((state) => state);
  const hosts = useHosts((state) => state.hosts);
  const view = promptView(prompts, hosts);
  const isOver = view === null;
  useEffect(() => {
    if (isOver) endSigningIn();
  }, [isOver]);
  return view === null ? null : (
    <PromptDialog view={view} host={hosts.find(({ id }) => id === view.hostId) ?? null} />
  );
}
