import { lazy, Suspense } from 'react';
import { useSettings } from '#renderer/state/settings.ts';
import { showRegistriesDialog, useRegistries } from './registriesState.ts';

// Few starts open any of them, and their forms check with the contract's schemas.
const AddRegistryDialog = lazy(async () => ({
  default: (await import('./AddRegistryDialog.tsx')).AddRegistryDialog,
}));
const EditRegistryDialog = lazy(async () => ({
  default: (await import('./EditRegistryDialog.tsx')).EditRegistryDialog,
}));
const RemoveRegistryDialog = lazy(async () => ({
  default: (await import('./RemoveRegistryDialog.tsx')).RemoveRegistryDialog,
}));
const SignInDialog = lazy(async () => ({ default: (await import('./SignInDialog.tsx')).SignInDialog }));
const CopyTagDialog = lazy(async () => ({ default: (await import('./CopyTagDialog.tsx')).CopyTagDialog }));
const DeleteImageDialog = lazy(async () => ({
  default: (await import('./DeleteImageDialog.tsx')).DeleteImageDialog,
}));

/** Dialogs about registries that may lie over any page. */
export function RegistryDialogs() {
  return (
    <Suspense fallback={null}>
      <OpenDialog />
    </Suspense>
  );
}

function OpenDialog() {
  const dialog = useRegistries((state) => state.dialog);
  const registry = useSettings((state) =>
    dialog?.kind === 'edit' || dialog?.kind === 'remove'
      ? (state.settings?.registries.find(({ id }) => id === dialog.registryId) ?? null)
      : null,
  );
  const close = () => showRegistriesDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'add':
      return <AddRegistryDialog onClose={close} />;
    case 'edit':
      return registry === null ? null : <EditRegistryDialog registry={registry} onClose={close} />;
    case 'remove':
      return registry === null ? null : <RemoveRegistryDialog registry={registry} onClose={close} />;
    case 'signIn':
      return <SignInDialog {...dialog} onClose={close} />;
    case 'copyTag':
      return <CopyTagDialog {...dialog} onClose={close} />;
    case 'delete':
      return <DeleteImageDialog {...dialog} onClose={close} />;
  }
}
