import { useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { saveTextFile } from '#renderer/ui/saveFile.ts';
import { Fingerprint } from './Fingerprint.tsx';
import { keyName } from './keyWords.ts';
import { longestPassphrase } from './PassphraseFields.tsx';

export interface ExportKeyDialogProps {
  readonly hostId: HostId;
  readonly trustKey: TrustKey;
  readonly onClose: () => void;
}

/** Gives a key as armored text. A private half is saved as a file and never shown. */
export function ExportKeyDialog({ hostId, trustKey, onClose }: ExportKeyDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const { fingerprint, privateHalf, hasPublicHalf } = trustKey;
  const [half, setHalf] = useState<'public' | 'private'>(hasPublicHalf ? 'public' : 'private');
  const [passphrase, setPassphrase] = useState('');
  const [shown, setShown] = useState<string | null>(null);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const isPrivate = half === 'private';
  const asksPassphrase = isPrivate && privateHalf === 'protected';

  function exportKey() {
    if (asksPassphrase && passphrase === '') return;
    void submit(async () => {
      const answer = await client.trust.keys.export({
        hostId,
        fingerprint,
        half,
        passphrase: asksPassphrase ? passphrase : null,
      });
      if (!isPrivate) return setShown(answer.text);
      saveTextFile(fileName(fingerprint, half), answer.text);
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('export.title', { name: keyName(trustKey) })}
      description={<Fingerprint value={fingerprint} />}
      onSubmit={exportKey}
      footer={
        <>
          <Button onClick={onClose}>{common(shown === null ? 'cancel' : 'close')}</Button>
          {shown === null ? (
            <Button
              tone="primary"
              type="submit"
              isBusy={isBusy}
              disabled={asksPassphrase && passphrase === ''}
            >
              {text(isPrivate ? 'export.save' : 'export.submit')}
            </Button>
          ) : (
            <Button tone="primary" onClick={() => saveTextFile(fileName(fingerprint, half), shown)}>
              {text('export.save')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {privateHalf === 'none' || !hasPublicHalf ? null : (
          <Segmented
            label={text('export.half')}
            value={half}
            options={[
              { value: 'public', label: text('export.public') },
              { value: 'private', label: text('export.private') },
            ]}
            onChange={(chosen) => {
              setHalf(chosen);
              setShown(null);
              forgetFailure();
            }}
          />
        )}
        <p className="text-small text-pretty text-ink-2">
          {text(
            isPrivate
              ? privateHalf === 'open'
                ? 'export.openHint'
                : 'export.privateHint'
              : 'export.publicHint',
          )}
        </p>
        {asksPassphrase ? (
          <TextField
            autoFocus
            type="password"
            autoComplete="off"
            maxLength={longestPassphrase}
            label={text('passphrase.label')}
            value={passphrase}
            onChange={(typed) => {
              setPassphrase(typed);
              forgetFailure();
            }}
          />
        ) : null}
        {shown === null ? null : <CodeBlock label={text('export.text')} code={shown} />}
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}

function fileName(fingerprint: string, half: 'public' | 'private'): string {
  return `${fingerprint.slice(-16)}-${half}.asc`;
}
