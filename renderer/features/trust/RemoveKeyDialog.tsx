import { useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { tell } from '#renderer/state/notices.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Fingerprint } from './Fingerprint.tsx';
import { forgetKeys } from './keysQuery.ts';
import { keyName } from './keyWords.ts';

const confirmedDigits = 8;

export interface RemoveKeyDialogProps {
  readonly hostId: HostId;
  readonly trustKey: TrustKey;
  readonly onClose: () => void;
}

type Half = 'public' | 'private' | 'both';

/** Asks before a key is removed, by its name; a private half also by its digits, because its loss is for good. */
export function RemoveKeyDialog({ hostId, trustKey, onClose }: RemoveKeyDialogProps) {
  const text = useText('trustForms');
  const host = useHosts((state) => hostOf(state, hostId));
  const { fingerprint, privateHalf, hasPublicHalf } = trustKey;
  const halves: readonly Half[] =
    privateHalf === 'none' ? ['public'] : hasPublicHalf ? ['both', 'private', 'public'] : ['private'];
  const [half, setHalf] = useState<Half>(halves[0] ?? 'public');
  const [typed, setTyped] = useState('');
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit } = useSubmit();
  const losesPrivate = half !== 'public';
  const digits = fingerprint.slice(-confirmedDigits);
  const isConfirmed = !losesPrivate || typed.replaceAll(/\s/g, '').toUpperCase() === digits;

  function remove() {
    setIsTried(true);
    if (!isConfirmed) return;
    void submit(async () => {
      await client.trust.keys.remove({ hostId, fingerprint, half });
      await forgetKeys();
      tell(textOf('trustForms:remove.done'));
      onClose();
    });
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={remove}
      title={text('remove.title', { name: keyName(trustKey) })}
      description={text(losesPrivate ? 'remove.privateText' : 'remove.publicText', {
        host: host?.label ?? hostId,
      })}
      confirmLabel={text(`remove.confirms.${half}`)}
      tone="danger"
      isBusy={isBusy}
      failure={failure}
    >
      <p className="rounded-control border border-line bg-panel px-2.5 py-1.5">
        <Fingerprint value={fingerprint} />
      </p>
      {halves.length === 1 ? null : (
        <Segmented
          label={text('remove.what')}
          value={half}
          options={halves.map((value) => ({ value, label: text(`remove.halves.${value}`) }))}
          onChange={setHalf}
        />
      )}
      {losesPrivate ? (
        <>
          <p className="text-small text-pretty text-ink-2">{text('remove.ownText')}</p>
          <TextField
            isCode
            label={text('remove.typed')}
            hint={text('remove.typeName', { digits })}
            value={typed}
            onChange={setTyped}
            problem={isTried && !isConfirmed ? text('remove.notTyped') : null}
          />
        </>
      ) : null}
    </ConfirmDialog>
  );
}
