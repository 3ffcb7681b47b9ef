import { type ChangeEvent, useRef, useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { attempt, tell } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, inputClass, TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { forgetKeys } from './keysQuery.ts';
import { longestPassphrase } from './PassphraseFields.tsx';

/** What the contract takes at most. */
const longestText = 1024 * 1024;
const privateKey = '-----BEGIN PGP PRIVATE KEY BLOCK-----';

export interface ImportKeysDialogProps {
  readonly hostId: HostId;
  readonly onClose: () => void;
}

/** Takes armored keys, pasted or from a file of this machine, into a host's key ring. */
export function ImportKeysDialog({ hostId, onClose }: ImportKeysDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const host = useHosts((state) => hostOf(state, hostId));
  const file = useRef<HTMLInputElement>(null);
  const [keys, setKeys] = useState('');
  const [from, setFrom] = useState<string | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState<'missing' | 'tooLarge' | null>(null);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const isPrivate = keys.includes(privateKey);

  async function read(event: ChangeEvent<HTMLInputElement>) {
    const chosen = event.target.files?.[0];
    event.target.value = '';
    if (chosen === undefined) return;
    if (chosen.size > longestText) return setProblem('tooLarge');
    setKeys(await chosen.text());
    setFrom(chosen.name);
    setProblem(null);
    forgetFailure();
  }

  function importKeys() {
    if (keys.trim() === '') return setProblem('missing');
    if (keys.length > longestText) return setProblem('tooLarge');
    void submit(async () => {
      const { imported, known } = await client.trust.keys.import({
        hostId,
        text: keys,
        from,
        passphrase: isPrivate && passphrase !== '' ? passphrase : null,
      });
      await forgetKeys();
      tell(textOf('trustForms:import.done', { count: imported.length }), knownWords(known.length));
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('import.title')}
      description={text('import.description', { host: host?.label ?? hostId })}
      onSubmit={importKeys}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('import.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label={text('import.text')}
          hint={text('import.textHint')}
          problem={problem === null ? null : text(`import.${problem}`)}
        >
          {(control) => (
            <textarea
              {...control}
              rows={8}
              spellCheck={false}
              value={keys}
              onChange={(event) => {
                setKeys(event.target.value);
                setFrom(null);
                setProblem(null);
                forgetFailure();
              }}
              className={`${inputClass} h-auto py-1.5 font-mono text-code`}
            />
          )}
        </Field>
        <div className="flex items-center gap-2">
          <Button onClick={() => file.current?.click()}>{text('import.choose')}</Button>
          <input
            ref={file}
            type="file"
            hidden
            aria-hidden
            accept=".asc,.gpg,.pgp,.key,.txt"
            onChange={(event) => attempt(() => read(event))}
          />
          {from === null ? null : (
            <span className="min-w-0 truncate text-small text-ink-2">
              {text('import.from', { name: showControls(from) })}
            </span>
          )}
        </div>
        {isPrivate ? (
          <TextField
            type="password"
            autoComplete="off"
            maxLength={longestPassphrase}
            label={text('import.passphrase')}
            hint={text('import.passphraseHint')}
            value={passphrase}
            onChange={setPassphrase}
          />
        ) : null}
        {failure === null ? null : <ErrorNotice report={failure} />}
        <p className="text-small text-ink-2">{text('import.compare')}</p>
      </div>
    </Dialog>
  );
}

function knownWords(count: number): string | null {
  return count === 0 ? null : textOf('trustForms:import.known', { count });
}
