import { useState } from 'react';
import { baseName } from '#core/contract/hostPath.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { beginWork } from './overlayActions.ts';
import { sizeOf, sizeText } from './sizeText.ts';

export interface OverlayDialogProps {
  readonly overlay: Overlay;
  readonly onClose: () => void;
}

/** Asks for the new size; nothing smaller is taken. */
export function GrowDialog({ overlay, onClose }: OverlayDialogProps) {
  const text = useText('overlays');
  const common = useText('common');
  const { hostId, path, sizeBytes } = overlay;
  const [typed, setTyped] = useState(sizeText(2 * sizeBytes));
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const size = sizeOf(typed);
  const isSmall = size === null || size <= sizeBytes;

  async function grow() {
    if (size === null) return;
    await beginWork({ hostId, path }, () => client.overlays.grow({ hostId, path, sizeBytes: size }));
    onClose();
  }

  return (
    <Dialog
      isOpen
      width="narrow"
      onClose={onClose}
      title={text('grow.title', { name: showControls(baseName(path)) })}
      description={text('grow.description', { size: sizeText(sizeBytes) })}
      onSubmit={() => (isSmall ? undefined : void submit(grow))}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={isSmall}>
            {text('grow.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          label={text('grow.size')}
          value={typed}
          problem={isSmall ? text('grow.small') : null}
          onChange={(value) => {
            forgetFailure();
            setTyped(value);
          }}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
