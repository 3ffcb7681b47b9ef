import { useState } from 'react';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { beginWork } from './sandboxActions.ts';
import { sandboxesStore } from './sandboxesState.ts';

const longestNote = 4000;

export interface SnapshotDialogProps {
  readonly sandbox: Sandbox;
  readonly onClose: () => void;
}

/** Asks what a snapshot is kept for. */
export function SnapshotDialog({ sandbox, onClose }: SnapshotDialogProps) {
  const text = useText('sandboxes');
  const common = useText('common');
  const [note, setNote] = useState('');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path } = sandbox;

  async function keep() {
    await beginWork({ hostId, path }, () => client.sandboxes.snapshot({ hostId, path, note: note.trim() }));
    sandboxesStore.setState({ tab: 'snapshots' });
    onClose();
  }

  return (
    <Dialog
      isOpen
      width="narrow"
      onClose={onClose}
      title={text('snapshot.title', { name: showControls(sandbox.name) })}
      description={text('snapshot.description')}
      onSubmit={() => void submit(keep)}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('snapshot.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          label={text('snapshot.note')}
          placeholder={text('snapshot.notePlaceholder')}
          maxLength={longestNote}
          value={note}
          onChange={setNote}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
