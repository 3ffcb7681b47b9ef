import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';

/** Asks before a host is forgotten, and says that nothing on it is touched. */
export function RemoveHostDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const text = useText('hosts');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);

  async function remove() {
    setIsBusy(true);
    try {
      await client.hosts.remove({ hostId: host.id });
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => void remove()}
      title={text('removal.title', { host: host.label })}
      description={text('removal.text')}
      confirmLabel={text('removal.confirm')}
      tone="danger"
      isBusy={isBusy}
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
      {failure === null ? null : <ErrorNotice report={failure} />}
    </ConfirmDialog>
  );
}
