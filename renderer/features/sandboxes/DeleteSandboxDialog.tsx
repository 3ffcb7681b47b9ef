import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { beginWork } from './sandboxActions.ts';

export interface DeleteSandboxDialogProps {
  readonly sandbox: Sandbox;
  readonly onClose: () => void;
}

/** Names what goes, also what only a namespace can remove; nothing is deleted before that is confirmed. */
export function DeleteSandboxDialog({ sandbox, onClose }: DeleteSandboxDialogProps) {
  const text = useText('sandboxes');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId, path, size, snapshots, hasForeignOwners } = sandbox;
  const name = showControls(sandbox.name);

  async function remove() {
    await beginWork({ hostId, path }, () => client.sandboxes.remove({ hostId, path }));
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
      <ul
        aria-label={text('remove.list')}
        className="flex flex-col gap-1 rounded-control border border-line bg-panel px-2.5 py-2 text-small"
      >
        <li className="flex gap-3">
          <bdi
            dir="ltr"
            data-selectable
            className="min-w-0 flex-1 font-mono text-code [overflow-wrap:anywhere]"
          >
            {showControls(path)}
          </bdi>
          <span className="shrink-0 tabular-nums">
            {size === null ? text('notMeasured') : formatBytes(size.bytes)}
          </span>
        </li>
        {snapshots.length === 0 ? null : <li>{text('remove.snapshots', { count: snapshots.length })}</li>}
        {hasForeignOwners === false ? null : (
          <li className="text-pretty">
            {text(hasForeignOwners === true ? 'remove.foreign' : 'remove.maybeForeign')}
          </li>
        )}
      </ul>
    </ConfirmDialog>
  );
}
