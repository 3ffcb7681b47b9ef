import { useMemo, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { baseName, folderName } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { PullPlan } from '#core/contract/images.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable, useHosts } from '#renderer/state/hosts.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { ConnectFirst } from './ConnectFirst.tsx';
import { ExistingFile } from './ExistingFile.tsx';
import { FormChoice } from './FormChoice.tsx';
import { emptyImportStart, type PullStart, showImagesDialog } from './imagesState.ts';
import { PullCredentials } from './PullCredentials.tsx';
import { ByHand, PlanFailure, RunningNote } from './PullNotes.tsx';
import { PullOptions } from './PullOptions.tsx';
import { PullReference } from './PullReference.tsx';
import { checkPull, type PullForm } from './pullForm.ts';
import { RouteChoice } from './RouteChoice.tsx';
import { usePullPlan } from './usePullPlan.ts';

export interface PullDialogProps {
  readonly host: Host;
  readonly start: PullStart;
  readonly onClose: () => void;
}

/** Asks what to pull and where to; Enter starts it. What is wrong or will happen is said while typing. */
export function PullDialog({ host, start, onClose }: PullDialogProps) {
  const text = useText('images');
  const setFolder = useSettings((state) => state.settings?.images.folders[0] ?? null);
  const defaultFolder = host.kind === 'local' ? setFolder : (host.imageFolders[0] ?? null);
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const library = useSettings(
    (state) => state.settings?.registries.find(({ kind }) => kind === 'library') ?? null,
  );
  const [form, setForm] = useState<PullForm>(() => firstForm(start));
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const checked = useMemo(
    () =>
      checkPull(form, host, {
        folder: defaultFolder,
        library: library === null ? null : registryHostOf(library),
      }),
    [form, host, defaultFolder, library],
  );
  const isAway = !isReachable(host);
  const plan = usePullPlan(isAway ? null : checked.input);
  const routes = useLastRoutes(plan.plan);
  const isFile = checked.target?.kind === 'file';
  const isBlocked = plan.plan?.exists != null && !form.overwrite;
  const change = (part: Partial<PullForm>) => {
    setFailure(null);
    setForm((old) => ({ ...old, ...part }));
  };

  async function submit() {
    if (isSending || isBlocked) return;
    if (checked.target?.kind === 'file') {
      showImagesDialog({
        kind: 'import',
        start: { ...emptyImportStart, file: { path: checked.target.path, upload: null } },
      });
      return;
    }
    if (checked.input === null) return;
    setIsSending(true);
    try {
      await client.images.pull(checked.input);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
    } finally {
      setIsSending(false);
    }
  }

  const canSubmit =
    (checked.input !== null || isFile) && checked.folderProblem === null && !isBlocked && !isAway;
  return (
    <Dialog
      isOpen
      width="normal"
      onClose={onClose}
      title={text('pull.title')}
      description={hasOthers ? <HostLabel colour={host.colour} label={host.label} /> : undefined}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isSending} disabled={!canSubmit}>
            {text(
              isFile
                ? 'pull.submitFile'
                : form.overwrite && plan.plan?.exists != null
                  ? 'pull.submitOverwrite'
                  : 'pull.submit',
            )}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <ConnectFirst host={host} />
        <PullReference form={form} checked={checked} host={host} onChange={change} />
        {host.kind === 'ssh' ? (
          <RouteChoice
            host={host}
            routes={routes}
            value={form.route}
            onChange={(route) => change({ route })}
          />
        ) : null}
        {isFile ? null : (
          <FormChoice value={checked.form} onChange={(value) => change({ form: value, overwrite: false })} />
        )}
        {isFile ? null : (
          <PathField
            hostId={host.id}
            label={text('pull.folder')}
            wants="folder"
            value={checked.folder}
            onChange={(folder) => change({ folder, overwrite: false })}
            problem={checked.folderProblem === null ? null : text('pathNotAbsolute')}
          />
        )}
        {isFile ? null : (
          <TextField
            isCode
            label={text(checked.form === 'sandbox' ? 'pull.folderName' : 'pull.fileName')}
            value={checked.fileName}
            onChange={(fileName) => change({ fileName, overwrite: false })}
            problem={
              checked.fileNameProblem === null
                ? null
                : text(`pull.fileNameProblem.${checked.fileNameProblem}`)
            }
          />
        )}
        {plan.plan?.exists == null ? null : (
          <ExistingFile
            hostId={host.id}
            path={plan.plan.target}
            sizeBytes={plan.plan.exists.sizeBytes}
            isOverwritten={form.overwrite}
            onChange={(overwrite) => change({ overwrite })}
          />
        )}
        <RunningNote hostId={host.id} reference={checked.pasted.reference ?? ''} />
        {checked.httpRegistry === null ? null : (
          <Checkbox
            label={text('pull.allowHttp')}
            hint={text('pull.allowHttpHint', { registry: checked.httpRegistry })}
            isChecked={checked.allowHttp}
            onChange={(allowHttp) => change({ allowHttp })}
          />
        )}
        {isFile || checked.target?.kind === 'http' ? null : (
          <PullCredentials
            form={form}
            hint={text('pull.signInHint')}
            problem={checked.credentialsProblem}
            onChange={change}
          />
        )}
        {isFile ? null : (
          <PullOptions form={form} checked={checked} host={host} plan={plan.plan} onChange={change} />
        )}
        {failure === null && plan.failure === null ? null : (
          <PlanFailure report={failure ?? plan.failure} onAllowHttp={() => change({ allowHttp: true })} />
        )}
        {isFile ? null : <ByHand plan={plan.plan} waiting={text('pull.byHandWaiting')} />}
      </div>
    </Dialog>
  );
}

/** The ways to the host stay in view while a new plan is asked for. */
function useLastRoutes(plan: PullPlan | null): PullPlan['routes'] {
  const [last, setLast] = useState<PullPlan['routes']>([]);
  if (plan !== null && plan.routes !== last) setLast(plan.routes);
  return plan?.routes ?? last;
}

function firstForm(start: PullStart): PullForm {
  const { target } = start;
  return {
    reference: start.reference,
    folder: target === null ? null : folderName(target),
    fileName: target === null ? null : baseName(target),
    form: start.form,
    overwrite: start.overwrite,
    architecture: null,
    compression: null,
    route: null,
    userName: '',
    password: '',
    // Only a start that says so decides; else the text may.
    allowHttp: start.allowHttp ? true : null,
  };
}
