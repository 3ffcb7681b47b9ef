import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Image } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { tell } from '#renderer/state/notices.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { imageKey } from './imageKey.ts';
import { sizeText, totalBytes } from './imageWords.ts';

export interface DeleteDialogProps {
  readonly images: readonly Image[];
  readonly onClose: () => void;
}

const shownLimit = 200;
/** The contract takes this many paths in one call. */
const callLimit = 10_000;

/** Names hosts, paths and sizes first; nothing is deleted before that is confirmed. */
export function DeleteDialog({ images, onClose }: DeleteDialogProps) {
  const text = useText('images');
  const { isBusy, failure, submit } = useSubmit();
  const hosts = useHosts((state) => state.hosts);
  const concerned = hosts.filter((host) => images.some((image) => image.hostId === host.id));
  const count = images.length;
  const size = formatBytes(totalBytes(images));
  const shown = images.slice(0, shownLimit);
  const hidden = images.slice(shownLimit);

  async function remove() {
    const done = await removeAll(images);
    tell(text('delete.done', { count: done.removed, size: formatBytes(done.freedBytes) }));
    onClose();
  }

  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      failure={failure}
      title={text('delete.title', { count, name: images[0]?.name ?? '' })}
      description={text('delete.text', { count, host: concerned.map((host) => host.label).join(', '), size })}
      confirmLabel={text('delete.confirm', { count })}
      onCancel={onClose}
      onConfirm={() => void submit(remove)}
    >
      <ul
        aria-label={text('delete.list')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable from the keyboard
        tabIndex={0}
        className="max-h-64 overflow-auto rounded-control border border-line bg-panel px-2.5 py-1.5 text-small"
      >
        {shown.map((image) => (
          <li key={imageKey(image)} className="flex gap-3 py-0.5">
            {hosts.length > 1 ? <HostOf hostId={image.hostId} /> : null}
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
    </ConfirmDialog>
  );
}

function HostOf({ hostId }: { readonly hostId: HostId }) {
  const host = useHosts((state) => hostOf(state, hostId));
  if (host === null) return null;
  return <HostLabel colour={host.colour} label={host.label} className="max-w-28 shrink-0 self-start" />;
}

async function removeAll(
  images: readonly Image[],
): Promise<{ readonly removed: number; readonly freedBytes: number }> {
  let removed = 0;
  let freedBytes = 0;
  for (const [hostId, paths] of pathsByHost(images)) {
    for (let at = 0; at < paths.length; at += callLimit) {
      const done = await client.images.remove({ hostId, paths: paths.slice(at, at + callLimit) });
      removed += done.removed;
      freedBytes += done.freedBytes;
    }
  }
  return { removed, freedBytes };
}

function pathsByHost(images: readonly Image[]): ReadonlyMap<HostId, HostPath[]> {
  const byHost = new Map<HostId, HostPath[]>();
  for (const image of images) {
    const paths = byHost.get(image.hostId);
    if (paths === undefined) byHost.set(image.hostId, [image.path]);
    else paths.push(image.path);
  }
  return byHost;
}
