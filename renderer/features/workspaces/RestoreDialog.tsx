import { useState } from 'react';
import type { Workspace, WorkspaceSnapshot } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { OpenWarning } from './OpenWarning.tsx';
import { openWriters } from './workspaceRows.ts';
import { noteWords } from './workspaceWords.ts';

export interface SnapshotConfirmProps {
  readonly workspace: Workspace;
  readonly snapshot: WorkspaceSnapshot;
  readonly onClose: () => void;
}

/** Asks before a workspace goes back to a snapshot; what is in it now is kept. */
export function RestoreDialog({ workspace, snapshot, onClose }: SnapshotConfirmProps) {
  const text = useText('workspacesForms');
  const { hostId, id } = workspace;
  const [isForced, setIsForced] = useState(false);
  const { isBusy, failure, submit } = useSubmit();
  const isOpen = openWriters(workspace).length > 0;

  function restore() {
    void submit(async () => {
      await client.workspaces.restore({ hostId, id, snapshotId: snapshot.id, isForced });
      onClose();
    });
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={restore}
      title={text('restore.title', { note: noteWords(snapshot) })}
      description={text('restore.text', {
        name: workspace.name,
        when: wholeTimeText(snapshot.createdAt),
      })}
      confirmLabel={text('restore.confirm')}
      isBlocked={isOpen && !isForced}
      isBusy={isBusy}
      failure={failure}
    >
      <OpenWarning workspace={workspace}>
        <Checkbox label={text('restore.force')} isChecked={isForced} onChange={setIsForced} />
      </OpenWarning>
    </ConfirmDialog>
  );
}
