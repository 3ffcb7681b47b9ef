import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { folderName } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostSelect, homeFolderOf } from '#renderer/ui/HostSelect.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath } from '#renderer/ui/typedPath.ts';
import { buildsStore, type OpenDocument } from './buildsState.ts';
import { closeDocument, saveDocumentAs } from './documents.ts';

export interface SaveAsDialogProps {
  readonly document: OpenDocument;
  readonly isClosedAfter: boolean;
  readonly onClose: () => void;
}

/** Asks where a definition file is written; a file that is there is replaced only when the person says so. */
export function SaveAsDialog({ document, isClosedAfter, onClose }: SaveAsDialogProps) {
  const text = useText('buildsForms');
  const [hostId, setHostId] = useState(document.hostId);
  const [path, setPath] = useState(() => document.path ?? placeFor(document, hostId));
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [isReplacing, setIsReplacing] = useState(false);
  const [isSaving, setIsSaving] = useState(false);
  const isFile = path.startsWith('/') && !path.endsWith('/');
  const isThere = failure?.code === 'input.changedOnDisk';
  async function submit() {
    if (!isFile || isSaving || (isThere && !isReplacing)) return;
    setIsSaving(true);
    try {
      await saveDocumentAs(document.id, { hostId, path: typedPath(path) }, isReplacing);
      if (isClosedAfter) closeDocument(document.id);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsReplacing(false);
      setIsSaving(false);
    }
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('saveAs.title')}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button
            tone="primary"
            type="submit"
            isBusy={isSaving}
            disabled={!isFile || (isThere && !isReplacing)}
          >
            {text(isReplacing ? 'saveAs.submitReplace' : 'saveAs.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <HostSelect
          label={text('saveAs.host')}
          value={hostId}
          onChange={(chosen) => {
            setFailure(null);
            setIsReplacing(false);
            setHostId(chosen);
            setPath(placeFor(document, chosen));
          }}
        />
        <PathField
          isBrowser
          hostId={hostId}
          label={text('saveAs.path')}
          hint={text('saveAs.hint')}
          problem={path === '' || path.startsWith('/') ? null : text('saveAs.problem')}
          wants="any"
          value={path}
          onChange={(value) => {
            setFailure(null);
            setIsReplacing(false);
            setPath(value);
          }}
        />
        {isThere ? (
          <section role="status" className="flex flex-col gap-1.5 rounded-control bg-warn-soft p-2.5">
            <p className="font-semibold">{text('saveAs.exists')}</p>
            <Checkbox label={text('saveAs.replace')} isChecked={isReplacing} onChange={setIsReplacing} />
          </section>
        ) : null}
        {failure === null || isThere ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}

/** In the folder of the file of that host that was opened last: where the next one is likely to go. */
function placeFor({ name }: OpenDocument, hostId: HostId): string {
  const last = buildsStore.getState().recentFiles.find((file) => file.hostId === hostId);
  return last === undefined ? `${homeFolderOf(hostId)}${name}` : `${folderName(last.path)}/${name}`;
}
