import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostSelect, homeFolderOf } from '#renderer/ui/HostSelect.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath } from '#renderer/ui/typedPath.ts';
import { openDefinition } from './documents.ts';

/** Asks which file of which machine is opened. */
export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('buildsForms');
  const [hostId, setHostId] = useState<HostId>(localHostId);
  const [path, setPath] = useState(() => homeFolderOf(hostId));
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [isOpening, setIsOpening] = useState(false);
  const isFile = path.startsWith('/') && !path.endsWith('/');
  async function submit() {
    if (!isFile || isOpening) return;
    setIsOpening(true);
    try {
      await openDefinition(typedPath(path), hostId);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsOpening(false);
    }
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('open.title')}
      description={text('open.description')}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isOpening} disabled={!isFile}>
            {text('open.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <HostSelect
          label={text('open.host')}
          value={hostId}
          onChange={(chosen) => {
            setFailure(null);
            setHostId(chosen);
            setPath(homeFolderOf(chosen));
          }}
        />
        <PathField
          isBrowser
          hostId={hostId}
          label={text('open.path')}
          wants="file"
          value={path}
          onChange={(value) => {
            setFailure(null);
            setPath(value);
          }}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
