import { useEffect, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport, isAbort } from '#renderer/api/failure.ts';
import { uploadFile } from '#renderer/api/upload.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { emptyImportStart, type GivenFile, showImagesDialog } from './imagesState.ts';

export interface UploadDialogProps {
  readonly files: readonly File[];
  readonly onClose: () => void;
}

/** The bytes of dropped files go to core, one after the other; then the import dialog opens with them. */
export function UploadDialog({ files, onClose }: UploadDialogProps) {
  const text = useText('images');
  const [at, setAt] = useState({ index: 0, doneBytes: 0 });
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    send(files, { signal, onProgress: (index, doneBytes) => setAt({ index, doneBytes }) }).then(
      ([first, ...others]) => {
        if (signal.aborted || first === undefined) return;
        showImagesDialog({ kind: 'import', start: { ...emptyImportStart, file: first, others } });
      },
      (thrown: unknown) => {
        if (!signal.aborted && !isAbort(thrown)) setFailure(failureReport(thrown));
      },
    );
    return () => ending.abort();
  }, [files]);
  const file = files[at.index];
  const name = showControls(file?.name ?? '');
  const sizeBytes = file?.size ?? 0;
  return (
    <Dialog
      isOpen
      isHeld
      width="narrow"
      onClose={onClose}
      title={text(failure === null ? 'drop.sending' : 'drop.failed', { name })}
      description={failure === null ? text('drop.sendingHint') : undefined}
      footer={<Button onClick={onClose}>{text('drop.cancel')}</Button>}
    >
      {failure === null ? (
        <div className="flex flex-col gap-1.5">
          <ProgressBar
            label={text('drop.progressOf', { name })}
            fraction={sizeBytes === 0 ? null : at.doneBytes / sizeBytes}
          />
          <p className="text-small text-ink-2 tabular-nums">
            {text('drop.progress', { done: formatBytes(at.doneBytes), total: formatBytes(sizeBytes) })}
          </p>
        </div>
      ) : (
        <ErrorNotice report={failure} />
      )}
    </Dialog>
  );
}

interface SendOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (index: number, doneBytes: number) => void;
}

/** All or none: where one fails or the person cancels, the copies of those before it go, too. */
async function send(
  files: readonly File[],
  { signal, onProgress }: SendOptions,
): Promise<readonly GivenFile[]> {
  const given: GivenFile[] = [];
  try {
    for (const [index, file] of files.entries()) {
      onProgress(index, 0);
      const { path, uploadId } = await uploadFile(file, {
        signal,
        onProgress: (doneBytes) => onProgress(index, doneBytes),
      });
      given.push({ path, upload: { name: file.name, uploadId } });
    }
    signal.throwIfAborted();
    return given;
  } catch (thrown) {
    for (const { upload } of given) {
      if (upload !== null) attempt(() => client.images.dropUpload({ uploadId: upload.uploadId }));
    }
    throw thrown;
  }
}
