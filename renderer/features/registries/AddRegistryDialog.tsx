import { Check, Plus, ScanSearch } from 'lucide-react';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { wellKnownRegistries } from '#core/contract/registryKinds.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { RegistryFields } from './RegistryFields.tsx';
import { addRegistry } from './registriesState.ts';
import {
  checkRegistryForm,
  formByHand,
  formOfRecognised,
  newRegistryId,
  type RegistryForm,
  type RegistryProblems,
} from './registryForm.ts';

interface Found {
  /** What was typed when this was found. */
  readonly typed: string;
  readonly form: RegistryForm;
  /** Null where nobody was asked. */
  readonly evidence: readonly string[] | null;
}

/** Adds a registry: it is asked what it is, and the answer can be changed before it is kept. */
export function AddRegistryDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('registriesForms');
  const common = useText('common');
  const known = useSettings((state) => state.settings?.registries) ?? [];
  const [typed, setTyped] = useState('');
  const [allowHttp, setAllowHttp] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const [problems, setProblems] = useState<RegistryProblems>({});
  const [busyWith, setBusyWith] = useState<'recognise' | 'add' | null>(null);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const offered = wellKnownRegistries.filter(
    ({ address }) => !known.some((registry) => registry.address === address),
  );

  /** Runs one step; what it fails with is shown in the dialog. */
  async function run(step: 'recognise' | 'add', work: () => Promise<void>) {
    if (busyWith !== null) return;
    setBusyWith(step);
    setFailure(null);
    try {
      await work();
    } catch (thrown) {
      setFailure(failureReport(thrown));
    } finally {
      setBusyWith(null);
    }
  }
  function recognise() {
    const asked = typed.trim();
    if (asked === '') return;
    void run('recognise', async () => {
      const answer = await client.registries.recognise({ text: asked, allowHttp });
      setFound({ typed: asked, form: formOfRecognised(answer), evidence: answer.evidence });
    });
  }
  function keep(form: RegistryForm) {
    const labels = known.map(({ label }) => label);
    const checked = checkRegistryForm(form, labels);
    if (!checked.ok) return setProblems(checked.problems);
    const id = newRegistryId(
      checked.settings.address,
      known.map((registry) => registry.id),
    );
    void run('add', async () => {
      await addRegistry({ ...checked.settings, id });
      onClose();
    });
  }
  const isCurrent = found !== null && found.typed === typed.trim();

  return (
    <Dialog
      isOpen
      isHeld={typed !== ''}
      onClose={onClose}
      title={text('add.title')}
      description={text('add.description')}
      onSubmit={() => (isCurrent ? keep(found.form) : recognise())}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          {isCurrent ? (
            <Button tone="primary" type="submit" isBusy={busyWith === 'add'}>
              {text('add.submit')}
            </Button>
          ) : (
            <Button
              tone="primary"
              type="submit"
              icon={ScanSearch}
              isBusy={busyWith === 'recognise'}
              disabled={typed.trim() === ''}
            >
              {text('add.recognise')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          isCode
          autoFocus
          label={text('add.what')}
          placeholder={text('add.whatPlaceholder')}
          value={typed}
          onChange={(value) => {
            setTyped(value);
            setFailure(null);
          }}
        />
        {isCurrent ? null : (
          <Checkbox
            label={text('allowHttp')}
            hint={text('allowHttpHint')}
            isChecked={allowHttp}
            onChange={setAllowHttp}
          />
        )}
        {isCurrent || typed !== '' || offered.length === 0 ? null : (
          <WellKnown
            registries={offered}
            isDisabled={busyWith !== null}
            onAdd={(registry) =>
              keep({ ...formByHand(registry.address, false), kind: registry.kind, label: registry.label })
            }
          />
        )}
        {failure === null ? null : (
          <ErrorNotice
            report={failure}
            action={
              isCurrent ? null : (
                <Button
                  onClick={() => {
                    setFailure(null);
                    setFound({ typed: typed.trim(), form: formByHand(typed, allowHttp), evidence: null });
                  }}
                >
                  {text('add.byHand')}
                </Button>
              )
            }
          />
        )}
        {isCurrent ? (
          <>
            <Evidence lines={found.evidence} />
            <RegistryFields
              form={found.form}
              problems={problems}
              onChange={(change) => {
                setProblems({});
                setFound({ ...found, form: { ...found.form, ...change } });
              }}
            />
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

interface WellKnownProps {
  readonly registries: typeof wellKnownRegistries;
  readonly isDisabled: boolean;
  readonly onAdd: (registry: (typeof wellKnownRegistries)[number]) => void;
}

function WellKnown({ registries, isDisabled, onAdd }: WellKnownProps) {
  const text = useText('registriesForms');
  return (
    <section>
      <h3 className="mb-1 text-small font-medium text-ink-2">{text('add.wellKnown')}</h3>
      <div className="flex flex-wrap gap-1.5">
        {registries.map((registry) => (
          <Button
            key={registry.address}
            icon={Plus}
            disabled={isDisabled}
            aria-label={text('add.addOne', { registry: registry.label })}
            onClick={() => onAdd(registry)}
          >
            {registry.label}
          </Button>
        ))}
      </div>
    </section>
  );
}

function Evidence({ lines }: { readonly lines: readonly string[] | null }) {
  const text = useText('registriesForms');
  return (
    <section role="status" className="rounded-control border border-line bg-panel px-2.5 py-2 text-small">
      <h3 className="font-medium text-ink-2">{text('add.evidence')}</h3>
      {lines === null ? (
        <p className="text-ink-2">{text('add.notAsked')}</p>
      ) : (
        <ul className="mt-0.5 flex flex-col gap-0.5">
          {lines.map((line) => (
            <li key={line} className="flex items-start gap-1.5">
              <Check aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ok" />
              <span className="min-w-0 [overflow-wrap:anywhere]">{showControls(line)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
