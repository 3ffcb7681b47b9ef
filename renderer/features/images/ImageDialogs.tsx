import { lazy, Suspense } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { showImagesDialog, useImages } from './imagesState.ts';

// Forms check with the contract's schemas, which would double the first chunk: they load when they are asked for.
const PullDialog = lazy(async () => ({ default: (await import('./PullDialog.tsx')).PullDialog }));
const RunDialog = lazy(async () => ({ default: (await import('./RunDialog.tsx')).RunDialog }));
const RenameDialog = lazy(async () => ({ default: (await import('./RenameDialog.tsx')).RenameDialog }));
const DeleteDialog = lazy(async () => ({ default: (await import('./DeleteDialog.tsx')).DeleteDialog }));
const SendDialog = lazy(async () => ({ default: (await import('./SendDialog.tsx')).SendDialog }));
const ImportDialog = lazy(async () => ({ default: (await import('./ImportDialog.tsx')).ImportDialog }));
const UploadDialog = lazy(async () => ({ default: (await import('./UploadDialog.tsx')).UploadDialog }));
const PublishDialog = lazy(async () => ({ default: (await import('./PublishDialog.tsx')).PublishDialog }));
const AddFolderDialog = lazy(async () => ({
  default: (await import('./AddFolderDialog.tsx')).AddFolderDialog,
}));

/** Whichever dialog of the images page is open. */
export function ImageDialogs({ host }: { readonly host: Host }) {
  return (
    <Suspense>
      <OpenDialog host={host} />
    </Suspense>
  );
}

function OpenDialog({ host }: { readonly host: Host }) {
  const dialog = useImages((state) => state.dialog);
  const close = () => showImagesDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'pull':
      return <PullDialog host={host} start={dialog.start} onClose={close} />;
    case 'action':
      return (
        <RunDialog
          image={dialog.image}
          verb={dialog.verb}
          wantsWorkspace={dialog.wantsWorkspace === true}
          workspace={dialog.workspace ?? null}
          onClose={close}
        />
      );
    case 'rename':
      return <RenameDialog image={dialog.image} onClose={close} />;
    case 'delete':
      return <DeleteDialog images={dialog.images} onClose={close} />;
    case 'send':
      return <SendDialog images={dialog.images} onClose={close} />;
    case 'addFolder':
      return <AddFolderDialog host={host} onClose={close} />;
    case 'import':
      return (
        <ImportDialog
          // The next of several dropped files begins afresh.
          key={dialog.start.file?.path}
          host={host}
          start={dialog.start}
          onClose={close}
        />
      );
    case 'upload':
      return <UploadDialog files={dialog.files} onClose={close} />;
    case 'publish':
      return <PublishDialog image={dialog.image} onClose={close} />;
  }
}
