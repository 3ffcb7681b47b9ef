import { FileWarning } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { BuildPlan, BuildRecord, NeededFile } from '#core/contract/builds.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { baseName, hostPathFromText } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { localHostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { chosenRuntime, hostOf, hostsStore, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { HostSelect } from '#renderer/ui/HostSelect.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { BuildArgumentsField } from './BuildArgumentsField.tsx';
import { BuildOptionsFields } from './BuildOptionsFields.tsx';
import { LintedErrors, PlannedFiles, PlannedWay } from './BuildPlanParts.tsx';
import { noteBuild } from './buildActions.ts';
import {
  askedBuild,
  type BuildForm,
  type CheckedBuild,
  canStart,
  checkBuild,
  firstForm,
  withPicked,
} from './buildForm.ts';
import { buildsStore, documentOf, isChanged, type OpenDocument, useBuilds } from './buildsState.ts';
import { saveDocument } from './documents.ts';
import { PickFileDialog } from './PickFileDialog.tsx';
import { useBuildPlan } from './useBuildPlan.ts';

export interface BuildDialogProps {
  readonly document: OpenDocument;
  /** A build to repeat, with changes. */
  readonly like: BuildRecord | null;
  readonly onClose: () => void;
}

/** Asks where and how a definition is built; which way will be used and what it needs is said before it starts. */
export function BuildDialog({ document, like, onClose }: BuildDialogProps) {
  const text = useText('buildsForms');
  const hosts = useHosts((state) => state.hosts);
  const [form, setForm] = useState<BuildForm>(() => firstFormOf(document, like));
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [picking, setPicking] = useState<NeededFile | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const home = useHosts((state) => hostOf(state, localHostId)?.facts?.homeFolder ?? null);
  const textFolder = home ?? hostPathFromText('/');
  const checked = useMemo(() => checkBuild(form, document, textFolder), [form, document, textFolder]);
  const { plan, failure: planFailure, isPlanning } = useBuildPlan(checked.question);
  useEffect(() => {
    buildsStore.setState(({ asked }) => ({ asked: { ...asked, [document.id]: askedBuild(form) } }));
  }, [document.id, form]);
  const isReady = plan !== null && checked.input !== null && canStart(plan, form.overwrite);
  const isSavedFirst = document.path !== null && isChanged(document);
  const host = hosts.find(({ id }) => id === form.hostId) ?? null;
  const lint = useBuilds((state) => state.lints[document.id] ?? null);
  const change = (part: Partial<BuildForm>) => {
    setFailure(null);
    setForm((old) => ({ ...old, ...part }));
  };

  async function submit() {
    if (!isReady || isStarting) return;
    setIsStarting(true);
    try {
      // Somebody else's text on the disk stops it: the bar above the editor asks.
      if (isSavedFirst && !(await saveDocument(document.id))) return onClose();
      const saved = documentOf(buildsStore.getState(), document.id) ?? document;
      const { input } = checkBuild(form, saved, textFolder);
      if (input === null) return;
      const { taskId } = await client.builds.build(input);
      noteBuild(taskId, document.id);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsStarting(false);
    }
  }

  const report = failure ?? planFailure;
  return (
    <>
      <Dialog
        isOpen
        width="wide"
        onClose={onClose}
        title={text('build.title', { name: document.name })}
        description={
          isSavedFirst ? text('build.notSaved', { name: document.name }) : text('build.description')
        }
        onSubmit={() => void submit()}
        footer={
          <>
            <Button onClick={onClose}>{text('cancel')}</Button>
            <Button tone="primary" type="submit" isBusy={isStarting} disabled={!isReady}>
              {text(form.overwrite && plan?.exists != null ? 'build.submitOverwrite' : 'build.submit')}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <Target form={form} checked={checked} plan={plan} hosts={hosts} onChange={change} />
          {plan?.exists == null ? null : (
            <Existing
              plan={plan}
              isOverwritten={form.overwrite}
              onChange={(overwrite) => change({ overwrite })}
            />
          )}
          <BuildArgumentsField
            isDockerfile={document.isDockerfile}
            rows={form.arguments}
            problems={checked.argumentProblems}
            onChange={(rows) => change({ arguments: rows })}
          />
          <BuildOptionsFields
            form={form}
            checked={checked}
            plan={plan}
            outline={lint?.outline ?? null}
            onChange={change}
          />
          {lint === null ? null : <LintedErrors findings={lint.findings} />}
          {report === null ? null : <ErrorNotice report={report} />}
          {isPlanning ? (
            <p role="status" className="text-small text-ink-3">
              {text('build.planning')}
            </p>
          ) : null}
          {plan === null ? null : (
            <>
              <PlannedWay plan={plan} way={form.way} onChange={(way) => change({ way })} />
              <PlannedFiles
                plan={plan}
                sentTo={host?.label ?? form.hostId}
                onPick={setPicking}
                onUnpick={({ source }) =>
                  change({ picked: form.picked.filter((one) => one.source !== source) })
                }
              />
            </>
          )}
          <ByHand plan={plan} />
        </div>
      </Dialog>
      {picking === null ? null : (
        <PickFileDialog
          file={picking}
          onPicked={(one) => change({ picked: withPicked(form.picked, one) })}
          onClose={() => setPicking(null)}
        />
      )}
    </>
  );
}

function firstFormOf(document: OpenDocument, like: BuildRecord | null): BuildForm {
  const { currentId, hosts } = hostsStore.getState();
  const shown = hosts.find(({ id }) => id === currentId);
  const canUse = shown !== undefined && isReachable(shown) && chosenRuntime(shown) !== null;
  return firstForm({
    document,
    outline: buildsStore.getState().lints[document.id]?.outline ?? null,
    hostId: canUse ? currentId : localHostId,
    like,
  });
}

interface TargetProps {
  readonly form: BuildForm;
  readonly checked: CheckedBuild;
  readonly plan: BuildPlan | null;
  readonly hosts: readonly Host[];
  readonly onChange: (part: Partial<BuildForm>) => void;
}

/** On which machine, in which form, and where the image goes. */
function Target({ form, checked, plan, hosts, onChange }: TargetProps) {
  const text = useText('buildsForms');
  const host = hosts.find(({ id }) => id === form.hostId) ?? null;
  const isElsewhere = host?.kind === 'ssh';
  const targetHostId = form.comesHere ? localHostId : form.hostId;
  const localFolder = useSettings((state) => state.settings?.images.folders[0] ?? null);
  const targetHost = hosts.find(({ id }) => id === targetHostId);
  const folder = targetHostId === localHostId ? localFolder : (targetHost?.imageFolders[0] ?? null);
  const [frozen, setFrozen] = useState<string | null>(null);
  const proposed = plan === null ? '' : baseName(plan.target);
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
      <HostSelect
        label={text('build.host')}
        value={form.hostId}
        onChange={(hostId) => onChange({ hostId, folder: null, way: 'own', overwrite: false })}
      />
      <Segmented
        label={text('build.form')}
        value={form.form}
        options={[
          { value: 'sif', label: text('build.sif') },
          { value: 'sandbox', label: text('build.sandbox') },
        ]}
        onChange={(value) => onChange({ form: value, fileName: null, overwrite: false })}
      />
      {isElsewhere ? (
        <div className="col-span-2">
          <Segmented
            label={text('build.comesTo')}
            value={form.comesHere ? 'here' : 'there'}
            options={[
              { value: 'here', label: text('build.comesHere') },
              { value: 'there', label: text('build.staysThere', { host: host.label }) },
            ]}
            onChange={(value) => onChange({ comesHere: value === 'here', folder: null, overwrite: false })}
          />
        </div>
      ) : null}
      <PathField
        hostId={targetHostId}
        label={text('build.folder')}
        wants="folder"
        offersWhenEmpty={false}
        placeholder={folder ?? text('build.folderDefault')}
        value={form.folder ?? ''}
        onChange={(value) => onChange({ folder: value === '' ? null : value, overwrite: false })}
        problem={checked.folderProblem === null ? null : text('build.notAbsolute')}
      />
      <TextField
        isCode
        label={text(form.form === 'sandbox' ? 'build.sandboxName' : 'build.fileName')}
        // A proposal that came while somebody is in the field would join what is typed.
        value={form.fileName ?? frozen ?? proposed}
        onFocus={() => setFrozen(proposed)}
        onBlur={() => setFrozen(null)}
        onChange={(fileName) => onChange({ fileName, overwrite: false })}
        problem={
          checked.fileNameProblem === null ? null : text(`build.fileNameProblem.${checked.fileNameProblem}`)
        }
      />
    </div>
  );
}

interface ExistingProps {
  readonly plan: BuildPlan;
  readonly isOverwritten: boolean;
  readonly onChange: (isOverwritten: boolean) => void;
}

/** The image that has the name: it is replaced only when the person says so. */
function Existing({ plan, isOverwritten, onChange }: ExistingProps) {
  const text = useText('buildsForms');
  return (
    <section role="status" className="flex gap-2 rounded-control bg-warn-soft p-2.5">
      <FileWarning aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="flex min-w-0 flex-col gap-1.5">
        <p className="font-semibold">{text('build.exists')}</p>
        <p className="text-small [overflow-wrap:anywhere] text-ink-2" data-selectable>
          {text('build.existsText', {
            path: plan.target,
            size: formatBytes(plan.exists?.sizeBytes ?? 0),
          })}
        </p>
        <Checkbox
          label={text('build.overwrite')}
          hint={text('build.overwriteHint')}
          isChecked={isOverwritten}
          onChange={onChange}
        />
      </div>
    </section>
  );
}

/** What a person would type to get the same, and how it is done here. */
function ByHand({ plan }: { readonly plan: BuildPlan | null }) {
  const text = useText('buildsForms');
  return (
    <section aria-label={text('build.byHand')} className="flex flex-col gap-1">
      <h3 className="text-small font-medium text-ink-2">{text('build.byHand')}</h3>
      {plan === null ? (
        <p className="flex min-h-7 items-center rounded-control border border-dashed border-line px-2 text-small text-ink-3">
          {text('build.byHandWaiting')}
        </p>
      ) : (
        <>
          <CommandLine command={plan.byHand} />
          <p className="text-small text-pretty text-ink-3">{plan.means}</p>
        </>
      )}
    </section>
  );
}
