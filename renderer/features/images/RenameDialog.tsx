import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { joinPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { typedPath } from '#renderer/ui/typedPath.ts';
import { imageKey } from './imageKey.ts';
import { imageListOf, setSelection } from './imagesState.ts';
import { checkNewName, extensionOf, nameBytes } from './renameForm.ts';
import { selectOnly } from './selection.ts';

/** Asks for an image's new name. The ending stays unselected, so that typing keeps it. */
export function RenameDialog({ image, onClose }: { readonly image: Image; readonly onClose: () => void }) {
  const text = useText('images');
  const [name, setName] = useState<string>(image.name);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const isSame = name === image.name;
  const problem = checkNewName(
    name,
    (wanted) =>
      !isSame && imageListOf(image.hostId).imageAt(joinPath(image.folder, typedPath(wanted))) !== null,
  );
  const extension = extensionOf(image.name);
  const losesExtension = extension !== '' && problem === null && extensionOf(name) === '';

  async function rename() {
    if (problem !== null || isBusy) return;
    if (isSame) {
      onClose();
      return;
    }
    setIsBusy(true);
    try {
      const newName = typedPath(name);
      const { path } = await client.images.rename({ hostId: image.hostId, path: image.path, newName });
      setSelection(selectOnly(imageKey({ hostId: image.hostId, path })));
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
      title={text('rename.title')}
      description={image.path}
      onSubmit={() => void rename()}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={problem !== null}>
            {text('rename.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          isCode
          autoFocus
          label={text('rename.name')}
          value={name}
          onChange={(value) => {
            setFailure(null);
            setName(value);
          }}
          onFocus={(event) => event.target.setSelectionRange(0, image.name.length - extension.length)}
          problem={problem === null ? null : text(`rename.problem.${problem}`, { bytes: nameBytes(name) })}
          hint={losesExtension ? text('rename.extension', { extension }) : undefined}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
