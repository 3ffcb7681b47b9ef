import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { joinPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { EncryptionNote } from '#renderer/ui/EncryptionNote.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { typedPath } from '#renderer/ui/typedPath.ts';
import { isTypedTwice, noPassphrase, PassphraseFields } from './PassphraseFields.tsx';
import { fileProblem } from './signForm.ts';

export interface EncryptDialogProps {
  readonly image: Image;
  readonly onClose: () => void;
}

/** Asks where an encrypted copy of an image goes, and what will open it. */
export function EncryptDialog({ image, onClose }: EncryptDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const { hostId, path, modifiedAt } = image;
  const [target, setTarget] = useState<string>(() => proposedTarget(image));
  const [overwrite, setOverwrite] = useState(false);
  const [means, setMeans] = useState<'passphrase' | 'pem'>('passphrase');
  const [typed, setTyped] = useState(noPassphrase);
  const [pemPath, setPemPath] = useState('');
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const encryption = useQuery({
    ...contractQuery({
      path: 'trust.encryptionOf',
      hostId,
      input: { path, modifiedAt },
      call: (signal) => client.trust.encryptionOf({ hostId, path }, { signal }),
    }),
    enabled: image.format === 'sif',
  });
  const targetProblem = fileProblem(target);
  const pemProblem = fileProblem(pemPath);
  const isExisting = failure?.code === 'image.targetExists';

  function encrypt() {
    setIsTried(true);
    if (targetProblem !== null) return;
    if (means === 'passphrase' ? !isTypedTwice(typed) : pemProblem !== null) return;
    void submit(async () => {
      const { taskId } = await client.trust.encrypt({
        hostId,
        path,
        target: typedPath(target.trim()),
        overwrite,
        with:
          means === 'passphrase'
            ? { type: 'passphrase', passphrase: typed.passphrase }
            : { type: 'pem', path: typedPath(pemPath.trim()) },
      });
      showTask(taskId);
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('encrypt.title', { name: image.name })}
      description={text('encrypt.description')}
      onSubmit={encrypt}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button
            tone="primary"
            type="submit"
            isBusy={isBusy}
            disabled={encryption.data !== undefined && encryption.data.kind !== 'none'}
          >
            {text('encrypt.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {encryption.error === null ? null : <ErrorNotice report={failureReport(encryption.error)} />}
        {encryption.data === undefined || encryption.data.kind === 'none' ? null : (
          <EncryptionNote encryption={encryption.data} />
        )}
        <PathField
          hostId={hostId}
          label={text('encrypt.target')}
          hint={text('encrypt.signatures')}
          wants="any"
          value={target}
          onChange={(changed) => {
            setTarget(changed);
            setOverwrite(false);
            forgetFailure();
          }}
          problem={targetProblem === null ? null : text(`file.${targetProblem}`)}
        />
        {isExisting || overwrite ? (
          <Checkbox
            label={text('encrypt.overwrite')}
            hint={text('encrypt.overwriteHint')}
            isChecked={overwrite}
            onChange={setOverwrite}
          />
        ) : null}
        <Segmented
          label={text('encrypt.with')}
          value={means}
          options={[
            { value: 'passphrase', label: text('encrypt.passphrase') },
            { value: 'pem', label: text('encrypt.pem') },
          ]}
          onChange={setMeans}
        />
        {means === 'passphrase' ? (
          <PassphraseFields value={typed} onChange={setTyped} isTried={isTried} />
        ) : (
          <PathField
            hostId={hostId}
            label={text('encrypt.pemPath')}
            hint={text('encrypt.pemHint')}
            wants="file"
            offersWhenEmpty={false}
            value={pemPath}
            onChange={setPemPath}
            problem={isTried && pemProblem !== null ? text(`file.${pemProblem}`) : null}
          />
        )}
        <p className="text-small text-pretty text-ink-2">{text('encrypt.where')}</p>
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}

function proposedTarget({ folder, name }: Image): string {
  const stem = name.replace(/\.sif$/i, '');
  return `${joinPath(folder, name).slice(0, -name.length)}${stem}-encrypted.sif`;
}
