import { useState } from 'react';
import { type ActionVerb, actionVerbSchema } from '#core/contract/runtime.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { openAction } from '#renderer/state/actionRequest.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { rememberImage, useFirstImage } from './openMemory.ts';
import { wholePath } from './workspaceForm.ts';

export interface OpenDialogProps {
  readonly workspace: Workspace;
  readonly verb: ActionVerb;
  readonly onClose: () => void;
}

/** Asks in which image a workspace is opened; the options of the start are asked for by the run dialog after it. */
export function OpenDialog({ workspace, verb: firstVerb, onClose }: OpenDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id } = workspace;
  const [verb, setVerb] = useState<ActionVerb>(firstVerb);
  const first = useFirstImage(workspace, 'last');
  const [typed, setTyped] = useState<string | null>(null);
  const image = typed ?? first;
  const [isTried, setIsTried] = useState(false);
  const path = wholePath(image);

  function open() {
    setIsTried(true);
    if (path === null) return;
    rememberImage(workspace, path);
    onClose();
    openAction({ hostId, path, verb, workspace: id });
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('open.title', { name: workspace.name })}
      description={text('open.description')}
      onSubmit={open}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit">
            {text('open.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PathField
          autoFocus
          hostId={hostId}
          label={text('open.image')}
          hint={text('open.imageHint')}
          wants="any"
          value={image}
          onChange={setTyped}
          problem={isTried && path === null ? text('pathProblem') : null}
        />
        <Segmented
          label={text('open.verb')}
          value={verb}
          options={actionVerbSchema.options.map((value) => ({ value, label: text(`open.${value}`) }))}
          onChange={setVerb}
        />
      </div>
    </Dialog>
  );
}
