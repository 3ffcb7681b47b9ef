import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { type OpenDocument, showBuildsDialog } from './buildsState.ts';
import { closeDocument, saveDocument } from './documents.ts';

export interface CloseDialogProps {
  readonly document: OpenDocument;
  readonly onClose: () => void;
}

/** Asks what becomes of changes before a document is closed. */
export function CloseDialog({ document, onClose }: CloseDialogProps) {
  const text = useText('buildsForms');
  const { id, name, path } = document;
  function save() {
    if (path === null) {
      showBuildsDialog({ kind: 'saveAs', documentId: id, isClosedAfter: true });
      return;
    }
    onClose();
    attempt(async () => {
      if (await saveDocument(id)) closeDocument(id);
    });
  }
  return (
    <Dialog
      isOpen
      width="narrow"
      onClose={onClose}
      title={text('close.title', { name })}
      onSubmit={save}
      footer={
        <>
          <Button
            onClick={() => {
              onClose();
              closeDocument(id);
            }}
          >
            {text('close.discard')}
          </Button>
          <span className="flex-1" />
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit">
            {text('close.save')}
          </Button>
        </>
      }
    >
      <p className="text-pretty text-ink-2">{text('close.text')}</p>
    </Dialog>
  );
}
