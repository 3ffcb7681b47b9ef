import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { localHostId } from '#core/contract/ids.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath } from '#renderer/ui/typedPath.ts';
import { openDefinition } from './documents.ts';

/** Asks which file of this machine is opened. */
export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('buildsForms');
  const home = useHosts((state) => hostOf(state, localHostId)?.facts?.homeFolder ?? null);
  const [path, setPath] = useState(home === null ? '/' : `${home}/`);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [isOpening, setIsOpening] = useState(false);
  const isFile = path.startsWith('/') && !path.endsWith('/');
  async function submit() {
    if (!isFile || isOpening) return;
    setIsOpening(true);
    try {
      await openDefinition(typedPath(path));
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
        <PathField
          isBrowser
          hostId={localHostId}
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
