import { useState } from 'react';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { DescriptionField } from './DescriptionField.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { workspacesStore } from './workspacesState.ts';

export interface SnapshotDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

/** Asks for the note of a new snapshot. */
export function SnapshotDialog({ workspace, onClose }: SnapshotDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id } = workspace;
  const [note, setNote] = useState('');
  const { isBusy, failure, submit } = useSubmit();

  function make() {
    void submit(async () => {
      await client.workspaces.snapshot({ hostId, id, note: note.trim() });
      workspacesStore.setState({ tab: 'snapshots' });
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={text('snapshot.title', { name: workspace.name })}
      description={text('snapshot.text')}
      onSubmit={make}
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
        <DescriptionField
          label={text('snapshot.note')}
          hint={text('snapshot.noteHint')}
          value={note}
          onChange={setNote}
        />
        <OpenWarning workspace={workspace}>
          <p className="text-small text-pretty text-ink-2">{text('snapshot.writers')}</p>
        </OpenWarning>
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
