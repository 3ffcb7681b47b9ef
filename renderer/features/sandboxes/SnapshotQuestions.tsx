import type { Sandbox, SandboxSnapshot } from '#core/contract/sandboxes.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { beginWork } from './sandboxActions.ts';

export interface SnapshotQuestionProps {
  readonly sandbox: Sandbox;
  readonly snapshot: SandboxSnapshot;
  readonly onClose: () => void;
}

function useSnapshotName({ note }: SandboxSnapshot): string {
  const text = useText('sandboxes');
  return note === '' ? text('snapshots.noNote') : showControls(note);
}

/** Asks before a sandbox becomes what it was. */
export function RestoreDialog({ sandbox, snapshot, onClose }: SnapshotQuestionProps) {
  const text = useText('sandboxes');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path } = sandbox;
  const name = useSnapshotName(snapshot);

  async function restore() {
    const input = { hostId, path, snapshotId: snapshot.id };
    await beginWork({ hostId, path }, () => client.sandboxes.restore(input));
    onClose();
  }

  return (
    <ConfirmDialog
      isOpen
      isBusy={isBusy}
      failure={failure}
      title={text('restore.title', { name })}
      description={text('restore.text', {
        sandbox: showControls(sandbox.name),
        when: wholeTimeText(snapshot.createdAt),
      })}
      confirmLabel={text('restore.submit')}
      onCancel={onClose}
      onConfirm={() => void submit(restore)}
    />
  );
}

/** Asks before a snapshot goes. */
export function RemoveSnapshotDialog({ sandbox, snapshot, onClose }: SnapshotQuestionProps) {
  const text = useText('sandboxes');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path } = sandbox;
  const name = useSnapshotName(snapshot);

  async function remove() {
    const input = { hostId, path, snapshotId: snapshot.id };
    await beginWork({ hostId, path }, () => client.sandboxes.removeSnapshot(input));
    onClose();
  }

  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      failure={failure}
      title={text('removeSnapshot.title', { name })}
      description={text('removeSnapshot.text', { when: wholeTimeText(snapshot.createdAt) })}
      confirmLabel={text('removeSnapshot.submit')}
      onCancel={onClose}
      onConfirm={() => void submit(remove)}
    />
  );
}
