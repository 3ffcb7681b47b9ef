import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import type { SnapshotConfirmProps } from './RestoreDialog.tsx';
import { noteWords } from './workspaceWords.ts';

/** Asks before a snapshot is deleted, by its note and its moment. */
export function RemoveSnapshotDialog({ workspace, snapshot, onClose }: SnapshotConfirmProps) {
  const text = useText('workspacesForms');
  const { hostId, id } = workspace;
  const { isBusy, failure, submit } = useSubmit();

  function remove() {
    void submit(async () => {
      await client.workspaces.removeSnapshot({ hostId, id, snapshotId: snapshot.id });
      onClose();
    });
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={remove}
      title={text('removeSnapshot.title', { note: noteWords(snapshot) })}
      description={text('removeSnapshot.text', { when: wholeTimeText(snapshot.createdAt) })}
      confirmLabel={text('removeSnapshot.confirm')}
      tone="danger"
      isBusy={isBusy}
      failure={failure}
    />
  );
}
