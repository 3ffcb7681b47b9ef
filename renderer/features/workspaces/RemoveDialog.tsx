import { useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { openWriters } from './workspaceRows.ts';

export interface RemoveDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

/** Asks before a workspace is deleted: its name is typed, and what goes with it is said. */
export function RemoveDialog({ workspace, onClose }: RemoveDialogProps) {
  const text = useText('workspacesForms');
  const page = useText('workspaces');
  const { hostId, id, name, size, snapshots } = workspace;
  const host = useHosts((state) => hostOf(state, hostId));
  const [typed, setTyped] = useState('');
  const [isForced, setIsForced] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit } = useSubmit();
  const isConfirmed = typed.trim() === name;
  const isOpen = openWriters(workspace).length > 0;

  function remove() {
    setIsTried(true);
    if (!isConfirmed) return;
    void submit(async () => {
      await client.workspaces.remove({ hostId, id, isForced });
      onClose();
    });
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={remove}
      title={text('remove.title', { name })}
      description={[
        text('remove.text', { host: host?.label ?? hostId }),
        ...(snapshots.length === 0 ? [] : [text('remove.snapshots', { count: snapshots.length })]),
        text('remove.others'),
      ].join(' ')}
      confirmLabel={text('remove.confirm')}
      tone="danger"
      isBlocked={isOpen && !isForced}
      isBusy={isBusy}
      failure={failure}
    >
      <p className="rounded-control border border-line bg-panel px-2.5 py-1.5 text-small [overflow-wrap:anywhere]">
        <bdi dir="ltr" className="font-mono text-code">
          {workspace.folder}
        </bdi>
        {size === null ? null : (
          <span className="block text-ink-2 tabular-nums">
            {page('fact.sizeValue', { size: formatBytes(size.bytes), count: size.files })}
          </span>
        )}
      </p>
      <OpenWarning workspace={workspace}>
        <Checkbox
          label={text('remove.force')}
          hint={text('remove.forceHint')}
          isChecked={isForced}
          onChange={setIsForced}
        />
      </OpenWarning>
      <TextField
        isCode
        label={text('remove.typed')}
        hint={text('remove.typeName', { name })}
        value={typed}
        onChange={setTyped}
        problem={isTried && !isConfirmed ? text('remove.notTyped') : null}
      />
    </ConfirmDialog>
  );
}
