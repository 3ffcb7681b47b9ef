import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Image, SifObject } from '#core/contract/images.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { tell } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { coverageOf, groupsOf, type SignedWhat } from './coverage.ts';
import { fingerprintGroups } from './keyRows.ts';
import { forgetKeys, keysQuery } from './keysQuery.ts';
import { canSign, keyName } from './keyWords.ts';
import { ObjectNames } from './ObjectNames.tsx';
import { longestPassphrase } from './PassphraseFields.tsx';
import { checkSign, pemChoice, type SignForm } from './signForm.ts';
import { showTrustDialog } from './trustState.ts';

export interface SignDialogProps {
  readonly image: Image;
  readonly onClose: () => void;
}

/** Asks with which key an image is signed, and says what the signature will cover. */
export function SignDialog({ image, onClose }: SignDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const { hostId, path, modifiedAt, sizeBytes } = image;
  const keys = useQuery(keysQuery(hostId));
  const detail = useQuery(
    contractQuery({
      path: 'images.detail',
      hostId,
      input: { path, modifiedAt, sizeBytes },
      call: (signal) => client.images.detail({ hostId, path }, { signal }),
    }),
  );
  const [form, setForm] = useState<SignForm>({
    chosenKey: null,
    pemPath: '',
    passphrase: '',
    what: { type: 'all' },
  });
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const able = keys.data?.keys.filter(canSign) ?? [];
  const checked = checkSign(form, able);
  const change = (part: Partial<SignForm>) => {
    forgetFailure();
    setForm((old) => ({ ...old, ...part }));
  };

  function sign() {
    setIsTried(true);
    const { key } = checked;
    if (key === null || checked.problems.what !== null || keys.data === undefined) return;
    void submit(async () => {
      await client.trust.sign({ hostId, path, key, what: form.what });
      await forgetKeys();
      tell(textOf('trustForms:sign.done', { name: image.name }));
      onClose();
    });
  }

  const readFailure = keys.error ?? detail.error;
  return (
    <Dialog
      isOpen
      isHeld
      width="wide"
      onClose={onClose}
      title={text('sign.title', { name: image.name })}
      description={text('sign.description')}
      onSubmit={sign}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={keys.data === undefined}>
            {text('sign.submit')}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)_17rem] gap-5">
        <div className="flex min-w-0 flex-col gap-3">
          {keys.data === undefined ? (
            <Spinner />
          ) : (
            <KeyChoice image={image} able={able} form={form} chosenId={checked.chosenId} onChange={change} />
          )}
          {checked.chosenId === pemChoice && keys.data !== undefined ? (
            <PathField
              hostId={hostId}
              label={text('sign.pemPath')}
              hint={text('sign.pemHint')}
              wants="file"
              offersWhenEmpty={false}
              value={form.pemPath}
              onChange={(pemPath) => change({ pemPath })}
              problem={isTried && checked.problems.pem !== null ? text(`file.${checked.problems.pem}`) : null}
            />
          ) : null}
          {checked.asksPassphrase ? (
            <TextField
              type="password"
              autoComplete="off"
              maxLength={longestPassphrase}
              label={text('sign.passphrase')}
              hint={text('passphrase.notKept')}
              value={form.passphrase}
              onChange={(passphrase) => change({ passphrase })}
              problem={isTried && checked.problems.passphrase ? text('passphrase.missing') : null}
            />
          ) : null}
          {detail.data === undefined ? null : (
            <WhatIsSigned
              objects={detail.data.objects}
              what={form.what}
              onChange={(what) => change({ what })}
              problem={isTried ? checked.problems.what : null}
            />
          )}
        </div>
        {detail.data === undefined ? (
          <Spinner label={text('sign.reading')} />
        ) : (
          <WillBeCovered objects={detail.data.objects} what={form.what} />
        )}
      </div>
      {readFailure === null && failure === null ? null : (
        <div className="pt-3">
          <ErrorNotice report={failure ?? failureReport(readFailure)} />
        </div>
      )}
    </Dialog>
  );
}

interface KeyChoiceProps {
  readonly image: Image;
  readonly able: readonly TrustKey[];
  readonly form: SignForm;
  readonly chosenId: string;
  readonly onChange: (part: Partial<SignForm>) => void;
}

function KeyChoice({ image, able, chosenId, onChange }: KeyChoiceProps) {
  const text = useText('trustForms');
  const trust = useText('trust');
  const host = useHosts((state) => hostOf(state, image.hostId));
  return (
    <>
      <Field label={text('sign.key')}>
        {(control) => (
          <Select
            control={control}
            value={chosenId}
            onChange={(chosenKey) => onChange({ chosenKey, passphrase: '' })}
            options={[
              ...able.map((key) => ({
                value: key.fingerprint,
                label: keyName(key),
                detail: fingerprintGroups(key.fingerprint),
              })),
              { value: pemChoice, label: text('sign.pem') },
            ]}
          />
        )}
      </Field>
      {able.length > 0 ? null : (
        <div className="flex items-center gap-3">
          <p className="min-w-0 flex-1 text-small text-pretty text-ink-2">
            {text('sign.noKeys', { host: host?.label ?? image.hostId })}
          </p>
          <Button onClick={() => showTrustDialog({ kind: 'create', hostId: image.hostId })}>
            {trust('commands.create')}
          </Button>
        </div>
      )}
    </>
  );
}

interface WhatIsSignedProps {
  readonly objects: readonly SifObject[];
  readonly what: SignedWhat;
  readonly onChange: (what: SignedWhat) => void;
  readonly problem: 'none' | 'many' | null;
}

function WhatIsSigned({ objects, what, onChange, problem }: WhatIsSignedProps) {
  const text = useText('trustForms');
  const groups = groupsOf(objects);
  const { left, covered } = coverageOf(objects, what);
  const [firstGroup = 1] = groups;
  return (
    <>
      <Segmented
        label={text('sign.what')}
        value={what.type}
        options={[
          { value: 'all', label: text('sign.all') },
          ...(groups.length > 1 ? [{ value: 'group' as const, label: text('sign.group') }] : []),
          { value: 'objects', label: text('sign.objects') },
        ]}
        onChange={(type) =>
          onChange(
            type === 'all' ? { type } : type === 'group' ? { type, id: firstGroup } : { type, ids: [] },
          )
        }
      />
      {what.type === 'group' ? (
        <Select
          label={text('sign.groupChoice')}
          value={String(what.id)}
          options={groups.map((id) => ({ value: String(id), label: text('sign.groupOption', { id }) }))}
          onChange={(id) => onChange({ type: 'group', id: Number(id) })}
        />
      ) : null}
      {what.type === 'objects' ? (
        <fieldset className="flex max-h-48 flex-col gap-1 overflow-auto">
          <legend className="sr-only">{text('sign.objectsName')}</legend>
          {[...covered, ...left]
            .sort((a, b) => a.id - b.id)
            .map(({ id, type }) => (
              <Checkbox
                key={id}
                label={text('sign.object', { id, type: showControls(type) })}
                isChecked={what.ids.includes(id)}
                onChange={(isChecked) =>
                  onChange({
                    type: 'objects',
                    ids: isChecked ? [...what.ids, id] : what.ids.filter((known) => known !== id),
                  })
                }
              />
            ))}
        </fieldset>
      ) : null}
      {problem === null ? null : (
        <p role="alert" className="text-small text-bad">
          {text(problem === 'none' ? 'sign.objectsMissing' : 'sign.objectsMany')}
        </p>
      )}
    </>
  );
}

function WillBeCovered({
  objects,
  what,
}: {
  readonly objects: readonly SifObject[];
  readonly what: SignedWhat;
}) {
  const text = useText('trustForms');
  const { covered, left } = coverageOf(objects, what);
  return (
    <section className="flex min-w-0 flex-col gap-2 rounded-control border border-line bg-panel p-2.5 text-small">
      <h3 className="font-semibold">{text('sign.covered')}</h3>
      <ObjectNames label={text('sign.covered')} objects={covered} />
      {left.length === 0 ? null : (
        <>
          <h3 className="font-semibold">{text('sign.notCovered')}</h3>
          <ObjectNames label={text('sign.notCovered')} objects={left} />
        </>
      )}
    </section>
  );
}
