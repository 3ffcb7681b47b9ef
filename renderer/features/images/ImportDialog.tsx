import { useMemo, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { baseName, folderName } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { ImportInput, ImportPlan } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { type PlanAnswer, usePlan } from '#renderer/api/usePlan.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, TextField } from '#renderer/ui/Field.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { CompressionField, compressions } from './CompressionField.tsx';
import { Disclosure } from './Disclosure.tsx';
import { ExistingFile } from './ExistingFile.tsx';
import { FormChoice } from './FormChoice.tsx';
import { ImportWarnings, WhatItIs } from './ImportPlanParts.tsx';
import { ImportSource } from './ImportSource.tsx';
import { emptyImportStart, type ImportStart, showImagesDialog } from './imagesState.ts';
import { canImport, checkImport, type ImportForm, isMade, lacksMember, plannedName } from './importForm.ts';
import { MemberChoice } from './MemberChoice.tsx';
import { ByHand } from './PullNotes.tsx';
import { dropWhenImported } from './uploadsInUse.ts';

export interface ImportDialogProps {
  /** The host that pages show. */
  readonly host: Host;
  readonly start: ImportStart;
  readonly onClose: () => void;
}

/** Asks which file of this machine becomes an image, and of which host; what it is and becomes is said while typing. */
export function ImportDialog({ host: shownHost, start, onClose }: ImportDialogProps) {
  const text = useText('images');
  const hosts = useHosts((state) => state.hosts);
  const [form, setForm] = useState<ImportForm>(() => firstForm(start, shownHost, hosts));
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const host = useHosts((state) => hostOf(state, form.hostId)) ?? shownHost;
  const localFolder = useSettings((state) => state.settings?.images.folders[0] ?? null);
  const defaultFolder = host.kind === 'local' ? localFolder : (host.imageFolders[0] ?? null);
  const checked = useMemo(() => checkImport(form, defaultFolder), [form, defaultFolder]);
  const answer = useImportPlan(checked.input);
  const members = useLastMembers(answer, form);
  const { plan } = answer;
  const canSubmit = plan !== null && canImport(plan, form.overwrite) && isReachable(host);
  const [next] = start.others;
  const change = (part: Partial<ImportForm>) => {
    setFailure(null);
    setForm((old) => ({ ...old, ...part }));
  };

  function goOn() {
    if (next === undefined) return onClose();
    showImagesDialog({
      kind: 'import',
      start: { ...emptyImportStart, file: next, others: start.others.slice(1) },
    });
  }
  /** A copy of a browser's bytes is not kept for a file that is not imported. */
  function dropCopies(files: readonly ImportStart['file'][]) {
    for (const upload of files.flatMap((file) => file?.upload ?? [])) {
      attempt(() => client.images.dropUpload({ uploadId: upload.uploadId }));
    }
  }
  function leave() {
    dropCopies([start.file, ...start.others]);
    onClose();
  }
  async function submit() {
    if (!canSubmit || isSending || checked.input === null) return;
    setIsSending(true);
    try {
      const { taskId } = await client.images.import(checked.input);
      const upload = start.file?.upload ?? null;
      if (upload !== null) dropWhenImported(taskId, upload.uploadId);
      goOn();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsSending(false);
    }
  }

  const isReplacing = form.overwrite && plan?.exists != null;
  return (
    <Dialog
      isOpen
      onClose={leave}
      isHeld={start.file?.upload != null}
      title={text('import.title')}
      description={text('import.description')}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={leave}>{text('cancel')}</Button>
          {next === undefined ? null : (
            <Button
              onClick={() => {
                dropCopies([start.file]);
                goOn();
              }}
            >
              {text('import.skip')}
            </Button>
          )}
          <Button tone="primary" type="submit" isBusy={isSending} disabled={!canSubmit}>
            {text(
              isReplacing
                ? 'import.submitOverwrite'
                : next === undefined
                  ? 'import.submit'
                  : 'import.submitNext',
            )}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {next === undefined ? null : (
          <p role="status" className="text-small text-ink-2">
            {text('import.others', { count: start.others.length })}
          </p>
        )}
        <ImportSource form={form} checked={checked} given={start.file} onChange={change} />
        <WhatItIs plan={plan} isPlanning={answer.isPlanning} />
        <Failure
          report={answer.failure}
          hasMembers={members.length > 1 && form.member === null}
          isTyped={start.file === null}
        />
        {form.source === 'file' && members.length > 1 ? (
          <MemberChoice
            label={text('import.members', { count: members.length })}
            members={members}
            value={form.member ?? plan?.member ?? null}
            onChange={(member) => change({ member, fileName: null, overwrite: false })}
          />
        ) : null}
        {plan === null ? null : <ImportWarnings warnings={plan.warnings} />}
        {host.kind === 'local' ? (
          <FormChoice
            value={form.form}
            onChange={(value) => change({ form: value, fileName: null, overwrite: false })}
          />
        ) : (
          <p className="text-small text-pretty text-ink-3">{text('import.onlySif', { host: host.label })}</p>
        )}
        <Target
          form={form}
          checked={checked}
          plan={plan}
          hosts={hosts}
          folder={form.folder ?? defaultFolder ?? ''}
          onChange={change}
        />
        {plan?.exists == null ? null : (
          <ExistingFile
            hostId={host.id}
            path={plan.target}
            sizeBytes={plan.exists.sizeBytes}
            isOverwritten={form.overwrite}
            onChange={(overwrite) => change({ overwrite })}
          />
        )}
        {form.form === 'sif' && isMade(plan) ? (
          <Disclosure
            label={text('pull.options')}
            summary={form.compression === null ? null : text(`pull.compressions.${form.compression}`)}
          >
            <CompressionField
              value={form.compression}
              offered={compressions}
              onChange={(compression) => change({ compression })}
            />
          </Disclosure>
        ) : null}
        {failure === null ? null : <ErrorNotice report={failure} />}
        {plan !== null && lacksMember(plan) ? (
          <p className="text-small text-ink-2">{text('import.chooseMember')}</p>
        ) : answer.failure !== null ? null : (
          <ByHand plan={plan} waiting={text('import.byHandWaiting')} />
        )}
      </div>
    </Dialog>
  );
}

interface TargetProps {
  readonly form: ImportForm;
  readonly checked: ReturnType<typeof checkImport>;
  readonly plan: ImportPlan | null;
  readonly hosts: readonly Host[];
  readonly folder: string;
  readonly onChange: (part: Partial<ImportForm>) => void;
}

/** Which host, which folder, which name. */
function Target({ form, checked, plan, hosts, folder, onChange }: TargetProps) {
  const text = useText('images');
  const targets = hosts.filter(isReachable);
  const host = hosts.find(({ id }) => id === form.hostId);
  return (
    <>
      {targets.length > 1 ? (
        <Field label={text('import.host')}>
          {(control) => (
            <span className="flex items-center gap-2">
              <HostDot colour={host?.colour ?? 0} />
              <Select
                control={control}
                className="flex-1"
                value={form.hostId}
                onChange={(hostId) =>
                  onChange({ hostId, ...formOn(hosts, hostId, form), folder: null, overwrite: false })
                }
                options={targets.map(({ id, label }) => ({ value: id, label }))}
              />
            </span>
          )}
        </Field>
      ) : null}
      <PathField
        hostId={form.hostId}
        label={text('import.folder')}
        wants="folder"
        value={folder}
        onChange={(value) => onChange({ folder: value, overwrite: false })}
        problem={checked.folderProblem === null ? null : text('pathNotAbsolute')}
      />
      <TextField
        isCode
        label={text(form.form === 'sandbox' ? 'import.folderName' : 'import.fileName')}
        value={form.fileName ?? plannedName(plan)}
        onChange={(fileName) => onChange({ fileName, overwrite: false })}
        problem={
          checked.fileNameProblem === null ? null : text(`pull.fileNameProblem.${checked.fileNameProblem}`)
        }
      />
    </>
  );
}

/** A folder is not sent to another machine: a SIF is made for those. */
function formOn(
  hosts: readonly Host[],
  hostId: Host['id'],
  { form, fileName }: ImportForm,
): Pick<ImportForm, 'form' | 'fileName'> {
  const isElsewhere = hosts.some(({ id, kind }) => id === hostId && kind === 'ssh');
  return isElsewhere && form === 'sandbox' ? { form: 'sif', fileName: null } : { form, fileName };
}

/** What is no failure while a path is typed: it is not whole yet. */
const quietCodes: ReadonlySet<ErrorReport['code']> = new Set(['host.pathMissing', 'image.archiveHasNone']);

interface FailureProps {
  readonly report: ErrorReport | null;
  /** Several images are listed above, none is chosen. */
  readonly hasMembers: boolean;
  /** The path is typed here, not dropped. */
  readonly isTyped: boolean;
}

/** Why what is named cannot be imported, told where it is named. */
function Failure({ report, hasMembers, isTyped }: FailureProps) {
  if (report === null || (report.code === 'image.archiveHasSeveral' && hasMembers)) return null;
  if (isTyped && quietCodes.has(report.code)) {
    return (
      <p role="status" className="text-small text-pretty [overflow-wrap:anywhere] text-ink-2">
        {`${showControls(report.title)}. ${showControls(report.cause)}`}
      </p>
    );
  }
  return <ErrorNotice report={report} />;
}

function useImportPlan(input: ImportInput | null): PlanAnswer<ImportPlan> {
  return usePlan({
    path: 'images.planImport',
    input,
    call: (asked, signal) => client.images.planImport(asked, { signal }),
  });
}

/** The images of an archive stay in view while a new plan is asked for. */
function useLastMembers({ plan }: PlanAnswer<ImportPlan>, form: ImportForm): readonly string[] {
  const [last, setLast] = useState<{ readonly path: string; readonly members: readonly string[] }>({
    path: '',
    members: [],
  });
  if (plan !== null && plan.members !== last.members) setLast({ path: form.path, members: plan.members });
  return plan?.members ?? (last.path === form.path ? last.members : []);
}

function firstForm(
  { file, target, overwrite }: ImportStart,
  shown: Host,
  hosts: readonly Host[],
): ImportForm {
  const host = isReachable(shown) ? shown : (hosts.find(isReachable) ?? shown);
  return {
    source: 'file',
    path: file?.path ?? '',
    member: null,
    hostId: host.id,
    folder: target === null ? null : folderName(target),
    fileName: target === null ? null : baseName(target),
    form: 'sif',
    overwrite,
    compression: null,
  };
}
