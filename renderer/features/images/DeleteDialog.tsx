import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { Image } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { sizeText, totalBytes } from './imageWords.ts';

export interface DeleteDialogProps {
  readonly host: Host;
  readonly images: readonly Image[];
  readonly onClose: () => void;
}

const shownLimit = 200;
/** The contract takes this many paths in one call. */
const callLimit = 10_000;

/** Names paths and sizes first; nothing is deleted before that is confirmed. */
export function DeleteDialog({ host, images, onClose }: DeleteDialogProps) {
  const text = useText('images');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const count = images.length;
  const size = formatBytes(totalBytes(images));
  const shown = images.slice(0, shownLimit);
  const hidden = images.slice(shownLimit);

  async function remove() {
    setIsBusy(true);
    setFailure(null);
    try {
      const done = await removeAll(host, images);
      addNotice({
        tone: 'ok',
        title: text('delete.done', { count: done.removed, size: formatBytes(done.freedBytes) }),
        detail: null,
        taskId: null,
        report: null,
      });
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      title={text('delete.title', { count, name: images[0]?.name ?? '' })}
      description={text('delete.text', { count, host: host.label, size })}
      confirmLabel={text('delete.confirm', { count })}
      onCancel={onClose}
      onConfirm={() => void remove()}
    >
      <ul
        aria-label={text('delete.list')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable from the keyboard
        tabIndex={0}
        className="max-h-64 overflow-auto rounded-control border border-line bg-panel px-2.5 py-1.5 text-small"
      >
        {shown.map((image) => (
          <li key={image.path} className="flex gap-3 py-0.5">
            <bdi
              dir="ltr"
              className="min-w-0 flex-1 font-mono text-code [overflow-wrap:anywhere]"
              data-selectable
            >
              {image.path}
            </bdi>
            <span className="shrink-0 tabular-nums">{sizeText(image)}</span>
          </li>
        ))}
        {hidden.length === 0 ? null : (
          <li className="py-0.5 text-ink-2">
            {text('delete.more', { count: hidden.length, size: formatBytes(totalBytes(hidden)) })}
          </li>
        )}
      </ul>
      {failure === null ? null : <ErrorNotice report={failure} />}
    </ConfirmDialog>
  );
}

async function removeAll(
  host: Host,
  images: readonly Image[],
): Promise<{ readonly removed: number; readonly freedBytes: number }> {
  let removed = 0;
  let freedBytes = 0;
  for (let at = 0; at < images.length; at += callLimit) {
    const paths = images.slice(at, at + callLimit).map((image) => image.path);
    const done = await client.images.remove({ hostId: host.id, paths });
    removed += done.removed;
    freedBytes += done.freedBytes;
  }
  return { removed, freedBytes };
}
