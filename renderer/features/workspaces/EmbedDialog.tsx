import { useState } from 'react';
import type { EmbedInput } from '#core/contract/handover.ts';
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
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { useFirstImage } from './openMemory.ts';
import { ExistingTarget, PlanByHand, PlanWarnings } from './PlanParts.tsx';
import { StrayList } from './StrayList.tsx';
import { useLatest } from './useLatest.ts';
import { fileNameOf, wholePath } from './workspaceForm.ts';

export interface EmbedDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

const noPaths: ReadonlySet<HostPath> = new Set();

/** Asks for the image whose copy shows a workspace to everybody who runs it. */
export function EmbedDialog({ workspace, onClose }: EmbedDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id, name } = workspace;
  const host = useHosts((state) => hostOf(state, hostId));
  const firstFolder = host?.imageFolders[0] ?? '';
  const first = useFirstImage(workspace, 'made');
  const [typed, setTyped] = useState<string | null>(null);
  const image = typed ?? first;
  const [folder, setFolder] = useState<string>(firstFolder);
  const [fileName, setFileName] = useState(`${name}-image.sif`);
  const [confirmed, setConfirmed] = useState(noPaths);
  const [isOverwritten, setIsOverwritten] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const imagePath = image.endsWith('/') ? null : wholePath(image);
  const folderPath = wholePath(folder);
  const file = fileNameOf(fileName);
  const input: EmbedInput | null =
    imagePath === null || folderPath === null || file === null
      ? null
      : { hostId, id, imagePath, folder: folderPath, fileName: file, overwrite: false, confirmed: [] };
  const answer = usePlan({
    path: 'handover.planEmbed',
    input,
    call: (asked, signal) => client.handover.planEmbed(asked, { signal }),
  });
  const plan = useLatest(answer.plan);
  const isTaken = answer.plan !== null && answer.plan.exists !== null;
  const canSubmit = input !== null && answer.plan !== null && (!isTaken || isOverwritten);
  const changed = () => {
    forgetFailure();
    setIsOverwritten(false);
  };

  function embed() {
    if (input === null || !canSubmit) return;
    void submit(async () => {
      await client.handover.embed({ ...input, overwrite: isOverwritten, confirmed: [...confirmed] });
      onClose();
    });
  }

  const report = failure ?? answer.failure;
  return (
    <Dialog
      isOpen
      isHeld
      width="wide"
      onClose={onClose}
      title={text('embed.title', { name })}
      description={text('embed.description')}
      onSubmit={embed}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text(isTaken && isOverwritten ? 'embed.submitOverwrite' : 'embed.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PathField
          autoFocus
          hostId={hostId}
          label={text('embed.image')}
          wants="file"
          value={image}
          onChange={(typed) => {
            changed();
            setTyped(typed);
          }}
        />
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
