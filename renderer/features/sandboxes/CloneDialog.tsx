import { useState } from 'react';
import { folderName, joinPath } from '#core/contract/hostPath.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { beginWork } from './sandboxActions.ts';
import { TargetFields } from './TargetFields.tsx';
import { checkTarget, type TargetForm } from './targetForm.ts';
import { useIsTaken } from './useIsTaken.ts';

export interface CloneDialogProps {
  readonly sandbox: Sandbox;
  readonly onClose: () => void;
}

/** Asks where a copy of a sandbox comes to. */
export function CloneDialog({ sandbox, onClose }: CloneDialogProps) {
  const text = useText('sandboxes');
  const common = useText('common');
  const { hostId, path } = sandbox;
  const [form, setForm] = useState<TargetForm>({ folder: folderName(path), name: `${sandbox.name}-copy` });
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const checked = checkTarget(form);
  const isTaken = useIsTaken(hostId, checked);
  const { target } = checked;
  const canSubmit = target !== null && !isTaken;

  async function clone() {
    if (target === null) return;
    const input = { hostId, path, target: joinPath(target.folder, target.name) };
    await beginWork({ hostId, path }, () => client.sandboxes.clone(input));
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('clone.title', { name: showControls(sandbox.name) })}
      description={text('clone.description')}
      onSubmit={() => (canSubmit ? void submit(clone) : undefined)}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text('clone.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TargetFields
          hostId={hostId}
          form={form}
          checked={checked}
          isFile={false}
          isTaken={isTaken}
          onChange={(part) => {
            forgetFailure();
            setForm((old) => ({ ...old, ...part }));
          }}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
