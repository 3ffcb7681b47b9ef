import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { CreateOverlayDialog } from './CreateOverlayDialog.tsx';
import { EmbedDialog } from './EmbedDialog.tsx';
import { GrowDialog, type OverlayDialogProps } from './GrowDialog.tsx';
import { beginWork } from './overlayActions.ts';
import { refreshOverlays } from './overlayQueries.ts';
import { showOverlaysDialog, useOverlays } from './overlaysState.ts';

/** Whichever dialog of the overlays page is open. */
export function OverlayDialogs({ host }: { readonly host: Host }) {
  const dialog = useOverlays((state) => state.dialog);
  const close = () => showOverlaysDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'create':
      return <CreateOverlayDialog host={host} onClose={close} />;
    case 'grow':
      return <GrowDialog overlay={dialog.overlay} onClose={close} />;
    case 'embed':
      return <EmbedDialog overlay={dialog.overlay} onClose={close} />;
    case 'mend':
      return <MendDialog overlay={dialog.overlay} onClose={close} />;
    case 'remove':
      return dialog.overlay.isEmbedded ? (
        <UnembedDialog overlay={dialog.overlay} onClose={close} />
      ) : (
        <RemoveDialog overlay={dialog.overlay} onClose={close} />
      );
  }
}

function MendDialog({ overlay, onClose }: OverlayDialogProps) {
  const text = useText('overlays');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path } = overlay;
  async function mend() {
    await beginWork({ hostId, path }, () => client.overlays.check({ hostId, path, isMended: true }));
    onClose();
  }
  return (
    <ConfirmDialog
      isOpen
      isBusy={isBusy}
      failure={failure}
      title={text('mend.title', { name: showControls(baseName(path)) })}
      description={text('mend.text')}
      confirmLabel={text('mend.submit')}
      onCancel={onClose}
      onConfirm={() => void submit(mend)}
    />
  );
}

/** Names what goes; nothing is deleted before that is confirmed. */
function RemoveDialog({ overlay, onClose }: OverlayDialogProps) {
  const text = useText('overlays');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path, usedBytes, sizeBytes } = overlay;
  const name = showControls(baseName(path));
  async function remove() {
    await client.overlays.remove({ hostId, path });
    await refreshOverlays(hostId);
    onClose();
  }
  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      failure={failure}
      title={text('remove.title', { name })}
      description={text('remove.text')}
      confirmLabel={text('remove.submit', { name: name.length > 30 ? `${name.slice(0, 29)}…` : name })}
      onCancel={onClose}
      onConfirm={() => void submit(remove)}
    >
      <DoomedOverlay path={path} bytes={usedBytes ?? sizeBytes} />
    </ConfirmDialog>
  );
}

/** One in an image: the image stays, and is smaller then. */
function UnembedDialog({ overlay, onClose }: OverlayDialogProps) {
  const text = useText('overlays');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path, sizeBytes } = overlay;
  async function unembed() {
    await beginWork({ hostId, path }, () => client.overlays.unembed({ hostId, path }));
    onClose();
  }
  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      failure={failure}
      title={text('unembed.title', { name: showControls(baseName(path)) })}
      description={text('unembed.text')}
      confirmLabel={text('unembed.submit')}
      onCancel={onClose}
      onConfirm={() => void submit(unembed)}
    >
      <DoomedOverlay path={path} bytes={sizeBytes} />
    </ConfirmDialog>
  );
}

function DoomedOverlay({ path, bytes }: { readonly path: HostPath; readonly bytes: number }) {
  const text = useText('overlays');
  return (
    <p
      role="note"
      aria-label={text('remove.list')}
      className="flex gap-3 rounded-control border border-line bg-panel px-2.5 py-2 text-small"
    >
      <bdi dir="ltr" data-selectable className="min-w-0 flex-1 font-mono text-code [overflow-wrap:anywhere]">
        {showControls(path)}
      </bdi>
      <span className="shrink-0 tabular-nums">{formatBytes(bytes)}</span>
    </p>
  );
}
