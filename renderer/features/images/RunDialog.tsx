import { type ReactNode, useMemo, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { WorkspaceId } from '#core/contract/ids.ts';
import type { ActionInput, Image } from '#core/contract/images.ts';
import { type ActionVerb, actionVerbSchema, defaultActionOptions } from '#core/contract/runtime.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, inputClass, TextField } from '#renderer/ui/Field.tsx';
import {
  type ActionForm,
  type ActionProblems,
  actionInput,
  checkActionForm,
  emptyActionForm,
} from './actionForm.ts';
import { rememberForm, useRecalledForm } from './actionMemory.ts';
import { BindsField } from './BindsField.tsx';
import { Choice } from './Choice.tsx';
import { Disclosure } from './Disclosure.tsx';
import { HostEntersPanel } from './HostEntersPanel.tsx';
import { ImageKeyFields } from './ImageKeyFields.tsx';
import { isInReach } from './imageActions.ts';
import { keyProblem, noKey, opensWith, type TypedKey } from './imageKeyForm.ts';
import { OverlayField } from './OverlayField.tsx';
import { splitShellWords } from './shellSplit.ts';
import { useActionPreview } from './useActionPreview.ts';
import { useEncryption } from './useEncryption.ts';
import { WorkspaceField } from './WorkspaceField.tsx';

export interface RunDialogProps {
  readonly image: Image;
  readonly verb: ActionVerb;
  /** It was asked for with a workspace. */
  readonly wantsWorkspace?: boolean;
  /** With this one. */
  readonly workspace?: WorkspaceId | null;
  readonly onClose: () => void;
}

const titles = { shell: 'run.titleShell', run: 'run.titleRun', exec: 'run.titleExec' } as const;
const noProblems: ActionProblems = { line: null, binds: new Map(), environment: null };

/** Shell, run or exec with options: what will enter from the host, and the exact command, stand beside the form. */
export function RunDialog({
  image,
  verb,
  wantsWorkspace = false,
  workspace = null,
  onClose,
}: RunDialogProps) {
  const text = useText('images');
  const [form, setForm] = useRecalledForm(image, verb, workspace === null ? {} : { workspace });
  const [typedKey, setTypedKey] = useState<TypedKey>(noKey);
  const encryption = useEncryption(image, isInReach(image));
  const missingKey = keyProblem(encryption, typedKey);
  const [isTried, setIsTried] = useState(false);
  const [isStarting, setIsStarting] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const checked = useMemo(() => checkActionForm(form), [form]);
  const problems = checked.ok ? noProblems : checked.problems;
  const wanted = {
    ...useLastGoodInput(image, form, checked),
    opensWith: opensWith(encryption, typedKey),
  };
  const { preview, failure: previewFailure } = useActionPreview(wanted);
  const change = (part: Partial<ActionForm>) => {
    setFailure(null);
    setForm((old) => ({ ...old, ...part }));
  };

  async function start() {
    setIsTried(true);
    if (!checked.ok || missingKey !== null || isStarting) return;
    setFailure(null);
    setIsStarting(true);
    try {
      const action = {
        ...actionInput(image, form.verb, checked),
        opensWith: opensWith(encryption, typedKey),
      };
      const { passphrase } = typedKey;
      await openTerminal({ kind: 'container', action }, passphrase === '' ? undefined : passphrase);
      const { environment: _, ...options } = checked.options;
      rememberForm(image, form, { ...options, workspace: checked.workspace });
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsStarting(false);
    }
  }

  return (
    <Dialog
      isOpen
      width="wide"
      onClose={onClose}
      title={text(titles[form.verb], { name: image.name })}
      onSubmit={() => void start()}
      footer={
        <>
          <Button tone="quiet" onClick={() => setForm(() => ({ ...emptyActionForm, verb: form.verb }))}>
            {text('run.reset')}
          </Button>
          <span className="flex-1" />
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isStarting}>
            {text(`run.submit.${form.verb}`)}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)_16rem] gap-5">
        <div className="flex min-w-0 flex-col gap-3.5">
          {encryption === null ? null : (
            <ImageKeyFields
              image={image}
              encryption={encryption}
              value={typedKey}
              onChange={(value) => {
                setFailure(null);
                setTypedKey(value);
              }}
              problem={
                isTried && missingKey !== null
                  ? text(`run.key.problems.${missingKey}`)
                  : isKeyFailure(failure)
                    ? failure.cause
                    : null
              }
            />
          )}
          <Choice
            label={text('run.verb')}
            value={form.verb}
            onChange={(chosen) => change({ verb: chosen })}
            options={actionVerbSchema.options.map((id) => ({ id, label: text(`run.verbs.${id}`) }))}
            hint={text(`run.verbHints.${form.verb}`)}
          />
          {form.verb === 'shell' ? null : (
            <LineField form={form} problems={problems} isTried={isTried} onChange={change} />
          )}
          <Choice
            label={text('run.isolation')}
            value={form.isolation}
            onChange={(isolation) => change({ isolation })}
            options={(['host', 'clean', 'sealed'] as const).map((id) => ({
              id,
              label: text(`run.isolations.${id}`),
            }))}
            hint={text(`run.isolationHints.${form.isolation}`)}
          />
          <WorkspaceField
            action={wanted}
            value={form.workspace}
            onChange={(workspace) => change({ workspace })}
            isWanted={wantsWorkspace}
          />
          <OverlayField
            hostId={image.hostId}
            path={form.overlay}
            isReadOnly={form.isOverlayReadOnly}
            onChange={(overlay, isOverlayReadOnly) => change({ overlay, isOverlayReadOnly })}
          />
          <BindsField
            hostId={image.hostId}
            rows={form.binds}
            problems={isTried ? problems.binds : noProblems.binds}
            onChange={(binds) => change({ binds })}
          />
          <Choice
            label={text('run.gpu')}
            value={form.gpu}
            onChange={(gpu) => change({ gpu })}
            options={(['none', 'nvidia', 'rocm'] as const).map((id) => ({
              id,
              label: text(`run.gpus.${id}`),
            }))}
          />
          <Checkbox
            label={text('run.tmpfs')}
            hint={text('run.tmpfsHint')}
            isChecked={form.isWritableTmpfs}
            onChange={(isWritableTmpfs) => change({ isWritableTmpfs })}
          />
          <Disclosure
            label={text('run.environment')}
            isOpenAtFirst={form.environment !== ''}
            summary={
              form.environment === ''
                ? null
                : text('run.environmentLines', { count: form.environment.split('\n').length })
            }
          >
            <EnvironmentField form={form} problems={problems} onChange={change} />
          </Disclosure>
        </div>
        <HostEntersPanel preview={preview} failure={previewFailure} />
      </div>
      <section aria-label={text('run.command')} className="sticky -bottom-3 -mb-3 bg-bg pt-3 pb-3">
        <CommandLine command={preview?.command ?? ''} />
      </section>
      {failure === null || isKeyFailure(failure) ? null : (
        <div className="pt-3">
          <ErrorNotice report={failure} />
        </div>
      )}
    </Dialog>
  );
}

/** The key does not open the image: said at its field. */
function isKeyFailure(failure: ErrorReport | null): failure is ErrorReport {
  return failure?.code === 'image.encrypted';
}

/** What the preview is asked for: the form, or, while it has mistakes, what it said before. */
function useLastGoodInput(
  image: Image,
  form: ActionForm,
  checked: ReturnType<typeof checkActionForm>,
): ActionInput {
  const [last, setLast] = useState<ActionInput>(() =>
    actionInput(image, form.verb, { options: defaultActionOptions, args: [], workspace: null }),
  );
  const input = checked.ok ? actionInput(image, form.verb, checked) : last;
  if (checked.ok && JSON.stringify(input) !== JSON.stringify(last)) setLast(input);
  return input;
}

interface PartProps {
  readonly form: ActionForm;
  readonly problems: ActionProblems;
  readonly onChange: (part: Partial<ActionForm>) => void;
}

function LineField({ form, problems, isTried, onChange }: PartProps & { readonly isTried: boolean }) {
  const text = useText('images');
  const split = splitShellWords(form.line);
  const isShown = problems.line !== null && (isTried || problems.line !== 'programMissing');
  return (
    <TextField
      isCode
      autoFocus
      label={text(form.verb === 'exec' ? 'run.program' : 'run.args')}
      value={form.line}
      onChange={(line) => onChange({ line })}
      hint={wordsHint(split.ok ? split.words : [], text('run.argsHint'), (count, words) =>
        text('run.argsWords', { count, words }),
      )}
      problem={isShown && problems.line !== null ? text(`run.lineProblem.${problems.line}`) : null}
    />
  );
}

/** Shows the words one by one as soon as quoting matters. */
function wordsHint(
  words: readonly string[],
  plain: string,
  listed: (count: number, words: string) => string,
): ReactNode {
  if (!words.some((word) => word === '' || /\s/.test(word))) return plain;
  return listed(words.length, words.map((word) => `‹${word}›`).join(' '));
}

function EnvironmentField({ form, problems, onChange }: PartProps) {
  const text = useText('images');
  const problem = problems.environment;
  return (
    <Field
      label={text('run.environmentHint')}
      problem={
        problem === null
          ? null
          : text('run.environmentProblem', { lineNumber: problem.lineNumber, text: problem.text })
      }
    >
      {(control) => (
        <textarea
          {...control}
          rows={3}
          spellCheck={false}
          value={form.environment}
          onChange={(event) => onChange({ environment: event.target.value })}
          className={`${inputClass} h-auto py-1.5 font-mono text-code`}
        />
      )}
    </Field>
  );
}
