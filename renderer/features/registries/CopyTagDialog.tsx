import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { forgetRegistry } from './lists.ts';
import { registriesStore } from './registriesState.ts';
import { tell } from './registryActions.ts';

export interface CopyTagDialogProps {
  readonly reference: string;
  readonly allowHttp: boolean;
  readonly onClose: () => void;
}

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Gives an image another tag in its repository. */
export function CopyTagDialog({ reference, allowHttp, onClose }: CopyTagDialogProps) {
  const text = useText('registriesForms');
  const common = useText('common');
  const [tag, setTag] = useState('');
  const [overwrite, setOverwrite] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const isTag = tagPattern.test(tag.trim());

  async function copy() {
    if (isBusy || !isTag) return;
    setIsBusy(true);
    setFailure(null);
    try {
      await client.registries.copyTag({ reference, tag: tag.trim(), allowHttp, overwrite });
      const { chosenId } = registriesStore.getState();
      if (chosenId !== null) forgetRegistry(chosenId);
      tell(textOf('registriesForms:copyTag.done', { tag: tag.trim() }));
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  return (
    <Dialog
      isOpen
      width="narrow"
      onClose={onClose}
      title={text('copyTag.title')}
      description={
        <bdi dir="ltr" className="font-mono text-code [overflow-wrap:anywhere]">
          {showControls(reference)}
        </bdi>
      }
      onSubmit={() => void copy()}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!isTag}>
            {text('copyTag.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          isCode
          autoFocus
          label={text('copyTag.tag')}
          hint={text('copyTag.hint')}
          value={tag}
          onChange={(value) => {
            setTag(value);
            setFailure(null);
          }}
          problem={tag === '' || isTag ? null : text('copyTag.problem')}
        />
        <Checkbox
          label={text('copyTag.overwrite')}
          hint={text('copyTag.overwriteHint')}
          isChecked={overwrite}
          onChange={setOverwrite}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
