import { FileBox, Hammer, Library } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { baseName } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { openPull } from '#renderer/state/pullRequest.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import {
  type CheckedSandboxForm,
  checkNewSandbox,
  emptySandboxForm,
  type NewSandboxForm,
  type SandboxMaking,
} from './newSandboxForm.ts';
import { beginWork } from './sandboxActions.ts';
import { type MakingPlan, useMakingPlan } from './useMakingPlan.ts';

export interface NewSandboxDialogProps {
  readonly host: Host;
  readonly onClose: () => void;
}

/** Asks what a new sandbox is made from and where it comes to; what will be done is said while typing. */
export function NewSandboxDialog({ host, onClose }: NewSandboxDialogProps) {
  const text = useText('sandboxes');
  const common = useText('common');
  const [form, setForm] = useState<NewSandboxForm>(emptySandboxForm);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const checked = useMemo(() => checkNewSandbox(form, host), [form, host]);
  const { making } = checked;
  const answer = useMakingPlan(making);
  const { plan } = answer;
  const canSubmit = making !== null && plan?.canMake === true && !plan.exists;
  const change = (part: Partial<NewSandboxForm>) => {
    forgetFailure();
    setForm((old) => ({ ...old, ...part }));
  };

  async function make() {
    if (making === null) return;
    await beginWork({ hostId: host.id, path: null }, () => startMaking(making));
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('new.title')}
      description={text('new.description', { host: host.label })}
      onSubmit={() => (canSubmit ? void submit(make) : undefined)}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text('new.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Segmented
          label={text('new.from')}
          value={form.source}
          options={[
            { value: 'registry', label: text('new.sources.registry'), icon: Library },
            { value: 'image', label: text('new.sources.image'), icon: FileBox },
            { value: 'definition', label: text('new.sources.definition'), icon: Hammer },
          ]}
          onChange={(source) => change({ source, name: null })}
        />
        <Source host={host} form={form} checked={checked} onChange={change} />
        <Target host={host} form={form} checked={checked} plan={plan} onChange={change} />
        <Failure
          report={failure ?? answer.failure}
          isTyped={failure === null && form.source !== 'registry'}
          onAllowHttp={() => change({ allowHttp: true })}
        />
        <Planned plan={plan} isPlanning={answer.isPlanning} />
        {form.source === 'registry' ? (
          <Button
            tone="quiet"
            className="-ml-3 self-start"
            onClick={() => {
              onClose();
              openPull({ reference: form.reference.trim(), form: 'sandbox', allowHttp: form.allowHttp });
            }}
          >
            {text('new.otherChoices')}
          </Button>
        ) : null}
      </div>
    </Dialog>
  );
}

function startMaking(making: SandboxMaking) {
  switch (making.by) {
    case 'pull':
      return client.images.pull(making.input);
    case 'import':
      return client.images.import(making.input);
    case 'build':
      return client.builds.build(making.input);
  }
}

interface PartProps {
  readonly host: Host;
  readonly form: NewSandboxForm;
  readonly checked: CheckedSandboxForm;
  readonly onChange: (part: Partial<NewSandboxForm>) => void;
}

/** What it is made from. */
function Source({ host, form, checked, onChange }: PartProps) {
  const text = useText('sandboxes');
  const problem = checked.sourceProblem === null ? null : text('form.notAbsolute');
  switch (form.source) {
    case 'registry':
      return (
        <TextField
          isCode
          autoFocus
          label={text('new.reference')}
          hint={text('new.referenceHint')}
          placeholder={text('new.referencePlaceholder')}
          value={form.reference}
          onChange={(reference) => onChange({ reference, name: null, allowHttp: false })}
        />
      );
    case 'image':
      return (
        <PathField
          hostId={host.id}
          wants="any"
          offersWhenEmpty={false}
          label={text('new.image')}
          hint={text(host.kind === 'local' ? 'new.imageHint' : 'new.imageHintThere')}
          value={form.image}
          onChange={(image) => onChange({ image, name: null })}
          problem={problem}
        />
      );
    case 'definition':
      return (
        <PathField
          hostId={host.id}
          wants="file"
          offersWhenEmpty={false}
          label={text('new.definition')}
          hint={text('new.definitionHint')}
          value={form.definition}
          onChange={(definition) => onChange({ definition, name: null })}
          problem={problem}
        />
      );
  }
}

/** Where it comes to. */
function Target({ host, form, checked, plan, onChange }: PartProps & { readonly plan: MakingPlan | null }) {
  const text = useText('sandboxes');
  const setFolder = useSettings((state) => state.settings?.images.folders[0] ?? null);
  const folder = host.kind === 'local' ? setFolder : (host.imageFolders[0] ?? null);
  const { nameProblem } = checked;
  return (
    <div className="grid grid-cols-2 gap-3">
      <TextField
        isCode
        label={text('form.name')}
        value={form.name ?? (plan === null ? '' : baseName(plan.target))}
        onChange={(name) => onChange({ name })}
        problem={
          nameProblem !== null
            ? text(`form.${nameProblem}`)
            : plan?.exists === true
              ? text('form.exists')
              : null
        }
      />
      <PathField
        hostId={host.id}
        wants="folder"
        offersWhenEmpty={false}
        label={text('form.folder')}
        placeholder={folder ?? text('form.defaultFolder')}
        value={form.folder ?? ''}
        onChange={(value) => onChange({ folder: value === '' ? null : value })}
        problem={checked.folderProblem === null ? null : text('form.notAbsolute')}
      />
    </div>
  );
}

/** What is no failure while a path is typed: it is not whole yet. */
const quietCodes: ReadonlySet<ErrorReport['code']> = new Set(['host.pathMissing', 'image.archiveHasNone']);

function Failure({
  report,
  isTyped,
  onAllowHttp,
}: {
  readonly report: ErrorReport | null;
  readonly isTyped: boolean;
  readonly onAllowHttp: () => void;
}) {
  const text = useText('sandboxes');
  if (report === null) return null;
  if (isTyped && quietCodes.has(report.code)) {
    return (
      <p role="status" className="text-small text-pretty [overflow-wrap:anywhere] text-ink-2">
        {`${showControls(report.title)}. ${showControls(report.cause)}`}
      </p>
    );
  }
  return (
    <ErrorNotice
      report={report}
      action={
        report.action?.kind === 'allowHttp' ? (
          <Button onClick={onAllowHttp}>{text('new.plain')}</Button>
        ) : null
      }
    />
  );
}

function Planned({ plan, isPlanning }: { readonly plan: MakingPlan | null; readonly isPlanning: boolean }) {
  const text = useText('sandboxes');
  return (
    <section aria-label={text('form.byHand')} className="flex flex-col gap-1">
      <h3 className="text-small font-medium text-ink-2">{text('form.byHand')}</h3>
      {plan === null ? (
        <p className="flex min-h-7 items-center rounded-control border border-dashed border-line px-2 text-small text-ink-3">
          {text(isPlanning ? 'new.planning' : 'new.waiting')}
        </p>
      ) : (
        <>
          <CommandLine command={plan.byHand} />
          {plan.canMake ? null : <p className="text-small text-warn">{text('new.cannotBuild')}</p>}
          {plan.sentences.map((sentence) => (
            <p key={sentence} className="text-small text-pretty text-ink-3">
              {sentence}
            </p>
          ))}
        </>
      )}
    </section>
  );
}
