import { lazy, Suspense } from 'react';
import { showWorkspacesDialog, useWorkspaces } from './workspacesState.ts';

// Few visits open any of them, and their forms check with the contract's schemas.
const CreateDialog = lazy(async () => ({ default: (await import('./CreateDialog.tsx')).CreateDialog }));
const EditDialog = lazy(async () => ({ default: (await import('./EditDialog.tsx')).EditDialog }));
const OpenDialog = lazy(async () => ({ default: (await import('./OpenDialog.tsx')).OpenDialog }));
const SnapshotDialog = lazy(async () => ({ default: (await import('./SnapshotDialog.tsx')).SnapshotDialog }));
const RestoreDialog = lazy(async () => ({ default: (await import('./RestoreDialog.tsx')).RestoreDialog }));
const RemoveSnapshotDialog = lazy(async () => ({
  default: (await import('./RemoveSnapshotDialog.tsx')).RemoveSnapshotDialog,
}));
const RemoveDialog = lazy(async () => ({ default: (await import('./RemoveDialog.tsx')).RemoveDialog }));
const PackDialog = lazy(async () => ({ default: (await import('./PackDialog.tsx')).PackDialog }));
const EmbedDialog = lazy(async () => ({ default: (await import('./EmbedDialog.tsx')).EmbedDialog }));
const AdoptDialog = lazy(async () => ({ default: (await import('./AdoptDialog.tsx')).AdoptDialog }));
const PushDialog = lazy(async () => ({ default: (await import('./PushDialog.tsx')).PushDialog }));
const SetUpDialog = lazy(async () => ({ default: (await import('./SetUpDialog.tsx')).SetUpDialog }));
const SyncDialog = lazy(async () => ({ default: (await import('./SyncDialog.tsx')).SyncDialog }));

/** Whichever dialog about workspaces is open. */
export function WorkspaceDialogs() {
  return (
    <Suspense fallback={null}>
      <CurrentDialog />
    </Suspense>
  );
}

function CurrentDialog() {
  const dialog = useWorkspaces((state) => state.dialog);
  const close = () => showWorkspacesDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'create':
      return <CreateDialog hostId={dialog.hostId} forkOf={dialog.forkOf} onClose={close} />;
    case 'adopt':
      return <AdoptDialog hostId={dialog.hostId} onClose={close} />;
    case 'open':
      return <OpenDialog workspace={dialog.workspace} verb={dialog.verb} onClose={close} />;
    case 'setUp':
      return <SetUpDialog workspace={dialog.workspace} onClose={close} />;
    case 'edit':
      return <EditDialog workspace={dialog.workspace} onClose={close} />;
    case 'snapshot':
      return <SnapshotDialog workspace={dialog.workspace} onClose={close} />;
    case 'restore':
      return <RestoreDialog workspace={dialog.workspace} snapshot={dialog.snapshot} onClose={close} />;
    case 'removeSnapshot':
      return <RemoveSnapshotDialog workspace={dialog.workspace} snapshot={dialog.snapshot} onClose={close} />;
    case 'remove':
      return <RemoveDialog workspace={dialog.workspace} onClose={close} />;
    case 'pack':
      return <PackDialog workspace={dialog.workspace} onClose={close} />;
    case 'embed':
      return <EmbedDialog workspace={dialog.workspace} onClose={close} />;
    case 'push':
      return <PushDialog workspace={dialog.workspace} onClose={close} />;
    case 'sync':
      return <SyncDialog workspace={dialog.workspace} onClose={close} />;
  }
}
