import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';

export interface AddDialogProps {
  readonly host: Host;
  readonly onClose: () => void;
}

/** Asks for a folder whose images shall be listed. */
export function AddFolderDialog({ host, onClose }: AddDialogProps) {
  const text = useText('images');
  const [folder, setFolder] = useState(homeOf(host));
  const call = useCall(onClose);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('addFolder.title')}
      description={text('addFolder.description')}
      onSubmit={() =>
        call.start(() => client.images.addFolder({ hostId: host.id, folder: folderPath(folder) }))
      }
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={call.isBusy} disabled={!folder.startsWith('/')}>
            {text('addFolder.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PathField
          isBrowser
          autoFocus
          hostId={host.id}
          wants="folder"
          label={text('addFolder.folder')}
          value={folder}
          onChange={setFolder}
          problem={pathProblem(folder, text('pathNotAbsolute'))}
        />
        {call.failure === null ? null : <ErrorNotice report={call.failure} />}
      </div>
    </Dialog>
  );
}

interface Call {
  readonly isBusy: boolean;
  readonly failure: ErrorReport | null;
  readonly start: (work: () => Promise<unknown>) => void;
}

/** One call at a time; its failure stays in the dialog, its success closes it. */
function useCall(onDone: () => void): Call {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  async function run(work: () => Promise<unknown>) {
    setIsBusy(true);
    setFailure(null);
    try {
      await work();
      onDone();
    } catch (thrown) {
      setFailure(failureReport(thrown));
    } finally {
      setIsBusy(false);
    }
  }
  return { isBusy, failure, start: (work) => (isBusy ? undefined : void run(work)) };
}

function homeOf(host: Host): string {
  const home = host.facts?.homeFolder ?? '';
  return home === '/' ? '/' : `${home}/`;
}

function folderPath(text: string) {
  return typedPath(withoutLastSlash(text.trim()));
}

function pathProblem(path: string, words: string): string | null {
  return path === '' || path.startsWith('/') ? null : words;
}
