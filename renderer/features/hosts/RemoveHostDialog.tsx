import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';

/** Asks before a host is forgotten, and says that nothing on it is touched. */
export function RemoveHostDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const text = useText('hosts');
  const { isBusy, failure, submit } = useSubmit();

  async function remove() {
    await client.hosts.remove({ hostId: host.id });
    onClose();
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => void submit(remove)}
      title={text('removal.title', { host: host.label })}
      description={text('removal.text')}
      confirmLabel={text('removal.confirm')}
      tone="danger"
      isBusy={isBusy}
      failure={failure}
    >
      <p className="flex items-center gap-2 rounded-control border border-line bg-panel px-2.5 py-1.5">
        <HostDot colour={host.colour} />
        <bdi dir="ltr" className="truncate font-semibold">
          {host.label}
        </bdi>
        <bdi dir="ltr" className="min-w-0 flex-1 truncate text-right text-small text-ink-2">
          {host.address ?? host.preferences?.destination}
        </bdi>
      </p>
    </ConfirmDialog>
  );
}
