import type { HostId } from '#core/contract/ids.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { tell } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Fingerprint } from './Fingerprint.tsx';
import { KeyserverField, useKeyserver } from './KeyserverField.tsx';
import { keyName } from './keyWords.ts';

export interface PushKeyDialogProps {
  readonly hostId: HostId;
  readonly trustKey: TrustKey;
  readonly onClose: () => void;
}

/** Puts the public half of a key on a keyserver, where others find it. */
export function PushKeyDialog({ hostId, trustKey, onClose }: PushKeyDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const { url, isValid } = useKeyserver();
  const { isBusy, failure, submit } = useSubmit();
  const { fingerprint } = trustKey;

  function push() {
    if (!isValid) return;
    void submit(async () => {
      await client.trust.keys.push({ hostId, url, fingerprint });
      tell(url === null ? textOf('trustForms:push.doneRuntimes') : textOf('trustForms:push.done', { url }));
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      width="narrow"
      onClose={onClose}
      title={text('push.title', { name: keyName(trustKey) })}
      description={text('push.description')}
      onSubmit={push}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!isValid}>
            {text('push.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Fingerprint value={fingerprint} />
        <KeyserverField hint={text('push.warning')} />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
