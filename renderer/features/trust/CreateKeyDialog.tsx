import { useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { tell } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { fingerprintGroups } from './keyRows.ts';
import { forgetKeys } from './keysQuery.ts';
import { isTypedTwice, noPassphrase, PassphraseFields } from './PassphraseFields.tsx';
import { trustStore } from './trustState.ts';

const longestLine = 256;
const shortestEmail = 3;
const lengths = { '2048': 2048, '3072': 3072, '4096': 4096 } as const;

export interface CreateKeyDialogProps {
  readonly hostId: HostId;
  readonly onClose: () => void;
}

/** Asks for the names and the passphrase of a new key. */
export function CreateKeyDialog({ hostId, onClose }: CreateKeyDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const host = useHosts((state) => hostOf(state, hostId));
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [comment, setComment] = useState('');
  const [bits, setBits] = useState<keyof typeof lengths>('4096');
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState(noPassphrase);
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit } = useSubmit();
  const isNamed = name.trim() !== '';
  const hasEmail = email.trim().length >= shortestEmail;

  function create() {
    setIsTried(true);
    if (!isNamed || !hasEmail || !(isOpen || isTypedTwice(typed))) return;
    void submit(async () => {
      const { fingerprint } = await client.trust.keys.create({
        hostId,
        name: name.trim(),
        email: email.trim(),
        comment: comment.trim(),
        passphrase: isOpen ? null : typed.passphrase,
        bits: lengths[bits],
      });
      await forgetKeys();
      trustStore.setState({ chosenId: `local ${fingerprint}`, filter: '' });
      tell(textOf('trustForms:create.done', { fingerprint: fingerprintGroups(fingerprint) }));
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('create.title')}
      description={text('create.description', { host: host?.label ?? hostId })}
      onSubmit={create}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('create.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <TextField
            autoFocus
            maxLength={longestLine}
            label={text('create.name')}
            value={name}
            onChange={setName}
            problem={isTried && !isNamed ? text('create.nameMissing') : null}
          />
          <TextField
            type="email"
            maxLength={longestLine}
            label={text('create.email')}
            value={email}
            onChange={setEmail}
            problem={isTried && !hasEmail ? text('create.emailMissing') : null}
          />
        </div>
        <TextField
          maxLength={longestLine}
          label={text('create.comment')}
          hint={text('create.commentHint')}
          value={comment}
          onChange={setComment}
        />
        {isOpen ? null : <PassphraseFields value={typed} onChange={setTyped} isTried={isTried} />}
        <Checkbox
          label={text('create.isOpen')}
          hint={text('create.isOpenHint')}
          isChecked={isOpen}
          onChange={setIsOpen}
        />
        <Segmented
          label={text('create.bits')}
          value={bits}
          options={(['2048', '3072', '4096'] as const).map((value) => ({
            value,
            label: text('create.bitsOption', { bits: value }),
          }))}
          onChange={setBits}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
