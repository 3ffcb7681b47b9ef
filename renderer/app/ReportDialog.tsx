import { useText } from '#renderer/i18n/i18n.ts';
import { noticesStore, useNotices } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';

function close() {
  noticesStore.setState({ shownReport: null });
}

/** A failure in full, opened from its message. */
export function ReportDialog() {
  const text = useText('common');
  const report = useNotices((state) => state.shownReport);
  if (report === null) return null;
  return (
    <Dialog
      isOpen
      onClose={close}
      title={text('details')}
      footer={<Button onClick={close}>{text('close')}</Button>}
    >
      <ErrorNotice report={report} />
    </Dialog>
  );
}
