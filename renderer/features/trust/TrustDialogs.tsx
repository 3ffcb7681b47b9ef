import { lazy, Suspense } from 'react';
import { openImageWork, useImageWork } from '#renderer/state/imageWork.ts';
import { showTrustDialog, useTrust } from './trustState.ts';

// Few starts open any of them, and their forms check with the contract's schemas.
const CreateKeyDialog = lazy(async () => ({
  default: (await import('./CreateKeyDialog.tsx')).CreateKeyDialog,
}));
const ImportKeysDialog = lazy(async () => ({
  default: (await import('./ImportKeysDialog.tsx')).ImportKeysDialog,
}));
const ExportKeyDialog = lazy(async () => ({
  default: (await import('./ExportKeyDialog.tsx')).ExportKeyDialog,
}));
const RemoveKeyDialog = lazy(async () => ({
  default: (await import('./RemoveKeyDialog.tsx')).RemoveKeyDialog,
}));
const PushKeyDialog = lazy(async () => ({ default: (await import('./PushKeyDialog.tsx')).PushKeyDialog }));
const KeyserverDialog = lazy(async () => ({
  default: (await import('./KeyserverDialog.tsx')).KeyserverDialog,
}));
const VerifyDialog = lazy(async () => ({ default: (await import('./VerifyDialog.tsx')).VerifyDialog }));
const SignDialog = lazy(async () => ({ default: (await import('./SignDialog.tsx')).SignDialog }));
const EncryptDialog = lazy(async () => ({ default: (await import('./EncryptDialog.tsx')).EncryptDialog }));

/** Dialogs about keys, signatures and encryption, over whichever page they were asked for on. */
export function TrustDialogs() {
  return (
    <Suspense fallback={null}>
      <WorkDialog />
      <KeyDialog />
    </Suspense>
  );
}

function WorkDialog() {
  const work = useImageWork();
  const close = () => openImageWork(null);
  switch (work?.kind) {
    case undefined:
    case 'compare':
      return null;
    case 'verify':
      return <VerifyDialog image={work.image} onClose={close} />;
    case 'sign':
      return <SignDialog image={work.image} onClose={close} />;
    case 'encrypt':
      return <EncryptDialog image={work.image} onClose={close} />;
  }
}

function KeyDialog() {
  const dialog = useTrust((state) => state.dialog);
  const close = () => showTrustDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'create':
      return <CreateKeyDialog hostId={dialog.hostId} onClose={close} />;
    case 'import':
      return <ImportKeysDialog hostId={dialog.hostId} onClose={close} />;
    case 'search':
      return <KeyserverDialog hostId={dialog.hostId} term={dialog.term} onClose={close} />;
    case 'export':
      return <ExportKeyDialog hostId={dialog.hostId} trustKey={dialog.key} onClose={close} />;
    case 'remove':
      return <RemoveKeyDialog hostId={dialog.hostId} trustKey={dialog.key} onClose={close} />;
    case 'push':
      return <PushKeyDialog hostId={dialog.hostId} trustKey={dialog.key} onClose={close} />;
  }
}
