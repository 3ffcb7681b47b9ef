import { useState } from 'react';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { tell } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { DescriptionField } from './DescriptionField.tsx';
import { NameField } from './NameField.tsx';
import { useWorkspacesOf } from './WorkspaceSelect.tsx';
import { nameProblem } from './workspaceForm.ts';
import { forgetWorkspaces } from './workspacesQuery.ts';

export interface EditDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

/** Another name or description for a workspace. */
export function EditDialog({ workspace, onClose }: EditDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id } = workspace;
  const [name, setName] = useState<string>(workspace.name);
  const [description, setDescription] = useState(workspace.description);
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit } = useSubmit();
  const others = useWorkspacesOf(hostId).filter((each) => each.id !== id);
  const problem = nameProblem(
    name,
    others.map((each) => each.name),
  );

  function save() {
    setIsTried(true);
    if (problem !== null) return;
    void submit(async () => {
      await client.workspaces.describe({ hostId, id, name, description });
      await forgetWorkspaces();
      tell(textOf('workspacesForms:edit.done'));
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('edit.title', { name: workspace.name })}
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('edit.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <NameField
          hostId={hostId}
          value={name}
          onChange={setName}
          problem={problem}
          isTried={isTried}
          hint={text('edit.nameHint')}
        />
        <DescriptionField value={description} onChange={setDescription} />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
