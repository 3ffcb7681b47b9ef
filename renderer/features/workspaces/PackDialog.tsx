import { useState } from 'react';
import type { PackInput } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { usePlan } from '#renderer/api/usePlan.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { ExistingTarget, PlanByHand, PlanWarnings } from './PlanParts.tsx';
import { StrayList } from './StrayList.tsx';
import { useLatest } from './useLatest.ts';
import { fileNameOf, wholePath } from './workspaceForm.ts';

export interface PackDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

type Compression = 'automatic' | 'zstd' | 'gzip';

const noPaths: ReadonlySet<HostPath> = new Set();

/** Asks where a workspace is packed to and what of it goes along; what will not travel is listed before. */
export function PackDialog({ workspace, onClose }: PackDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id, name } = workspace;
  const host = useHosts((state) => hostOf(state, hostId));
  const [folder, setFolder] = useState<string>(host?.imageFolders[0] ?? '');
  const [fileName, setFileName] = useState(`${name}.sif`);
  const [compression, setCompression] = useState<Compression>('automatic');
  const [confirmed, setConfirmed] = useState(noPaths);
  const [isOverwritten, setIsOverwritten] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const folderPath = wholePath(folder);
  const file = fileNameOf(fileName);
  const input: PackInput | null =
    folderPath === null || file === null
      ? null
      : {
          hostId,
          id,
          folder: folderPath,
          fileName: file,
          overwrite: false,
          compression: compression === 'automatic' ? null : compression,
          confirmed: [],
        };
  const answer = usePlan({
    path: 'handover.planPack',
    input,
    call: (asked, signal) => client.handover.planPack(asked, { signal }),
  });
  const plan = useLatest(answer.plan);
  const isTaken = answer.plan !== null && answer.plan.exists !== null;
  const canSubmit = input !== null && answer.plan !== null && (!isTaken || isOverwritten);
  const changed = () => {
    forgetFailure();
    setIsOverwritten(false);
  };

  function pack() {
    if (input === null || !canSubmit) return;
    void submit(async () => {
      await client.handover.pack({ ...input, overwrite: isOverwritten, confirmed: [...confirmed] });
      onClose();
    });
  }

  const offered = plan?.compressions ?? ['zstd', 'gzip'];
  const choices: readonly Compression[] = ['automatic', ...offered];
  const report = failure ?? answer.failure;
  return (
    <Dialog
      isOpen
      isHeld
      width="wide"
      onClose={onClose}
      title={text('pack.title', { name })}
      description={text('pack.description')}
      onSubmit={pack}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text(isTaken && isOverwritten ? 'pack.submitOverwrite' : 'pack.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <PathField
            hostId={hostId}
            label={text('folder')}
            wants="folder"
            value={folder}
            onChange={(typed) => {
              changed();
              setFolder(typed);
            }}
            problem={folderPath === null ? text('pathProblem') : null}
          />
          <TextField
            isCode
            label={text('fileName')}
            value={fileName}
            onChange={(typed) => {
              changed();
              setFileName(typed);
            }}
            problem={
              file !== null ? null : text(fileName.trim() === '' ? 'fileNameMissing' : 'fileNameProblem')
            }
          />
        </div>
        <div>
          <Segmented
            label={text('pack.compression')}
            value={compression}
            options={choices.map((value) => ({ value, label: text(`pack.${value}`) }))}
            onChange={setCompression}
          />
          <p className="mt-1 text-small text-ink-3">{text(`pack.compressionHints.${compression}`)}</p>
        </div>
        <OpenWarning workspace={workspace}>
          <p className="text-small text-pretty text-ink-2">{text('snapshot.writers')}</p>
        </OpenWarning>
        {plan === null && answer.isPlanning ? <Spinner label={text('planning')} /> : null}
        {plan === null || answer.failure !== null ? null : (
          <>
            <ExistingTarget plan={plan} isOverwritten={isOverwritten} onChange={setIsOverwritten} />
            <StrayList plan={plan} confirmed={confirmed} onChange={setConfirmed} />
            <PlanWarnings warnings={plan.warnings} />
            <PlanByHand command={plan.byHand} />
          </>
        )}
        {report === null ? null : <ErrorNotice report={report} />}
      </div>
    </Dialog>
  );
}
