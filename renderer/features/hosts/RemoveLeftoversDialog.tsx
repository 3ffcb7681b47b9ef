import type { Host, Leftover } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { tell } from '#renderer/state/notices.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';

export interface RemoveLeftoversDialogProps {
  readonly host: Host;
  readonly leftovers: readonly Leftover[];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Lists what is removed, with sizes, before it is. */
export function RemoveLeftoversDialog({ host, leftovers, onClose, onRemoved }: RemoveLeftoversDialogProps) {
  const text = useText('hosts');
  const { isBusy, failure, submit } = useSubmit();
  const known = leftovers.flatMap(({ sizeBytes }) => sizeBytes ?? []);
  const size = known.reduce((sum, bytes) => sum + bytes, 0);

  async function remove() {
    const ids = leftovers.map(({ id }) => id);
    const { removed } = await client.hosts.removeLeftovers({ hostId: host.id, ids });
    tell(text('leftovers.removed', { count: removed }), host.label);
    onRemoved();
    onClose();
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => void submit(remove)}
      title={text('leftovers.confirm', { count: leftovers.length, host: host.label })}
      description={
        known.length === 0
          ? text('leftovers.confirmUnknown')
          : text('leftovers.confirmText', { size: formatBytes(size) })
      }
      confirmLabel={text('leftovers.confirmLabel')}
      tone="danger"
      isBusy={isBusy}
      failure={failure}
    >
      <ul className="max-h-48 overflow-auto rounded-control border border-line bg-panel px-2.5 py-1.5">
        {leftovers.map(({ id, title, sizeBytes }) => (
          <li key={id} className="flex gap-3 py-0.5 text-small">
            <bdi className="min-w-0 flex-1 [overflow-wrap:anywhere]">{title}</bdi>
            <span className="shrink-0 text-ink-2 tabular-nums">
              {sizeBytes === null ? text('leftovers.sizeUnknown') : formatBytes(sizeBytes)}
            </span>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
