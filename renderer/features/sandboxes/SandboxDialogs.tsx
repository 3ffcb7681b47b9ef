import { lazy, Suspense } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { CloneDialog } from './CloneDialog.tsx';
import { DeleteSandboxDialog } from './DeleteSandboxDialog.tsx';
import { FreezeDialog } from './FreezeDialog.tsx';
import { SnapshotDialog } from './SnapshotDialog.tsx';
import { RemoveSnapshotDialog, RestoreDialog } from './SnapshotQuestions.tsx';
import { showSandboxesDialog, useSandboxes } from './sandboxesState.ts';

const NewSandboxDialog = lazy(async () => ({
  default: (await import('./NewSandboxDialog.tsx')).NewSandboxDialog,
}));

/** Whichever dialog of the sandboxes page is open. */
export function SandboxDialogs({ host }: { readonly host: Host }) {
  return (
    <Suspense fallback={null}>
      <OpenOne host={host} />
    </Suspense>
  );
}

function OpenOne({ host }: { readonly host: Host }) {
  const dialog = useSandboxes((state) => state.dialog);
  const close = () => showSandboxesDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'new':
      return <NewSandboxDialog host={host} onClose={close} />;
    case 'clone':
      return <CloneDialog sandbox={dialog.sandbox} onClose={close} />;
    case 'freeze':
      return <FreezeDialog host={host} sandbox={dialog.sandbox} onClose={close} />;
    case 'snapshot':
      return <SnapshotDialog sandbox={dialog.sandbox} onClose={close} />;
    case 'remove':
      return <DeleteSandboxDialog sandbox={dialog.sandbox} onClose={close} />;
    case 'restore':
      return <RestoreDialog sandbox={dialog.sandbox} snapshot={dialog.snapshot} onClose={close} />;
    case 'removeSnapshot':
      return <RemoveSnapshotDialog sandbox={dialog.sandbox} snapshot={dialog.snapshot} onClose={close} />;
  }
}
