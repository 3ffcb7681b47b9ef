import { useQuery } from '@tanstack/react-query';
import { FileWarning } from 'lucide-react';
import { useState } from 'react';
import { folderName } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { beginWork } from './sandboxActions.ts';
import { draftQuery } from './sandboxQueries.ts';
import { TargetFields } from './TargetFields.tsx';
import { checkTarget, type TargetForm } from './targetForm.ts';
import { useIsTaken } from './useIsTaken.ts';

export interface FreezeDialogProps {
  readonly host: Host;
  readonly sandbox: Sandbox;
  readonly onClose: () => void;
}

/** Asks which SIF a sandbox becomes, and says what is recorded in it. */
export function FreezeDialog({ host, sandbox, onClose }: FreezeDialogProps) {
  const text = useText('sandboxes');
  const common = useText('common');
  const { hostId, path } = sandbox;
  const [form, setForm] = useState<TargetForm>({
    folder: host.imageFolders[0] ?? folderName(path),
    name: `${sandbox.name}.sif`,
  });
  const [isOverwritten, setIsOverwritten] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const checked = checkTarget(form);
  const isTaken = useIsTaken(hostId, checked);
  const { target } = checked;
  const canSubmit = target !== null && (!isTaken || isOverwritten);

  async function freeze() {
    if (target === null) return;
    const { folder, name: fileName } = target;
    const input = { hostId, path, folder, fileName, overwrite: isOverwritten };
    await beginWork({ hostId, path }, () => client.sandboxes.freeze(input));
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('freeze.title', { name: showControls(sandbox.name) })}
      description={text('freeze.description')}
      onSubmit={() => (canSubmit ? void submit(freeze) : undefined)}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text(isTaken && isOverwritten ? 'freeze.submitOverwrite' : 'freeze.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TargetFields
          isFile
          hostId={hostId}
          form={form}
          checked={checked}
          isTaken={false}
          onChange={(part) => {
            forgetFailure();
            setIsOverwritten(false);
            setForm((old) => ({ ...old, ...part }));
          }}
        />
        {isTaken ? (
          <section role="status" className="flex gap-2 rounded-control bg-warn-soft p-2.5">
            <FileWarning aria-hidden className="mt-px size-4 shrink-0 text-warn" />
            <div className="flex min-w-0 flex-col gap-1.5">
              <p className="font-semibold">{text('freeze.exists')}</p>
              <Checkbox
                label={text('freeze.overwrite')}
                hint={text('freeze.overwriteHint')}
                isChecked={isOverwritten}
                onChange={setIsOverwritten}
              />
            </div>
          </section>
        ) : null}
        <Recorded sandbox={sandbox} />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}

/** The lineage that goes into the SIF. */
function Recorded({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  const { data, error } = useQuery(draftQuery(sandbox));
  const { base } = sandbox;
  const commands =
    error !== null
      ? text('freeze.commandsFailed', { reason: failureReport(error).title })
      : data === undefined
        ? text('freeze.commandsWaiting')
        : data.commands === 0
          ? text('freeze.noCommands')
          : text('freeze.commands', { count: data.commands });
  return (
    <section aria-label={text('freeze.recorded')} className="flex flex-col gap-1">
      <h3 className="text-small font-medium text-ink-2">{text('freeze.recorded')}</h3>
      <ul className="ml-4 list-disc text-small [overflow-wrap:anywhere] marker:text-ink-3">
        <li>
          {base === null
            ? text('freeze.baseUnknown')
            : text(base.digest === null ? 'freeze.base' : 'freeze.baseDigest', {
                from: showControls(base.from),
                digest: base.digest ?? '',
              })}
        </li>
        <li>{commands}</li>
        <li>{text('freeze.owners')}</li>
      </ul>
    </section>
  );
}
