import { Server } from 'lucide-react';
import { useState } from 'react';
import type { AdoptInput } from '#core/contract/handover.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable, useHosts } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostSelect } from '#renderer/ui/HostSelect.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { type AdoptForm, AdoptFormField } from './AdoptFormField.tsx';
import { AdoptPlanView, lacksSpace } from './AdoptPlanView.tsx';
import { useAdoptPlan } from './adoptQuery.ts';
import { NameField } from './NameField.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { useLatest } from './useLatest.ts';
import { useWorkspacesOf } from './WorkspaceSelect.tsx';
import { nameProblem, suggestedName } from './workspaceForm.ts';

export interface PushDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

/** Asks to which host a workspace is pushed: it is adopted there. */
export function PushDialog({ workspace, onClose }: PushDialogProps) {
  const text = useText('workspacesForms');
  const hosts = useHosts((state) => state.hosts);
  const first = hosts.find((host) => host.id !== workspace.hostId && isReachable(host));
  if (first !== undefined) return <PushForm workspace={workspace} firstId={first.id} onClose={onClose} />;
  return (
    <Dialog isOpen onClose={onClose} title={text('adopt.pushTitle', { name: workspace.name })}>
      <EmptyState icon={Server} title={text('adopt.noHost')} text={text('adopt.noHostText')}>
        <Button
          tone="primary"
          onClick={() => {
            onClose();
            goToPage('hosts');
          }}
        >
          {text('adopt.goToHosts')}
        </Button>
      </EmptyState>
    </Dialog>
  );
}

function PushForm({ workspace, firstId, onClose }: PushDialogProps & { readonly firstId: HostId }) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const [hostId, setHostId] = useState(firstId);
  const [typedName, setName] = useState<string | null>(null);
  const [form, setForm] = useState<AdoptForm>('automatic');
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const taken = useWorkspacesOf(hostId).map(({ name }) => name);
  const name = typedName ?? suggestedName(workspace.name, taken);
  const problem = nameProblem(name, taken);
  const input: AdoptInput | null =
    problem !== null
      ? null
      : {
          hostId,
          from: { kind: 'workspace', hostId: workspace.hostId, id: workspace.id },
          name,
          parent: null,
          form: form === 'automatic' ? null : form,
        };
  const answer = useAdoptPlan(input);
  const plan = useLatest(answer.plan);
  const canSubmit = input !== null && answer.plan !== null && !lacksSpace(answer.plan);

  function push() {
    if (input === null || !canSubmit) return;
    void submit(async () => {
      await client.handover.adopt(input);
      onClose();
    });
  }

  const report = failure ?? answer.failure;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('adopt.pushTitle', { name: workspace.name })}
      description={text('adopt.pushDescription')}
      onSubmit={push}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text('adopt.submitPush')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <HostSelect
          exceptId={workspace.hostId}
          label={text('adopt.target')}
          value={hostId}
          onChange={(chosen) => {
            forgetFailure();
            setHostId(chosen);
          }}
        />
        <NameField hostId={hostId} value={name} onChange={setName} problem={problem} isTried />
        <AdoptFormField value={form} onChange={setForm} />
        <OpenWarning workspace={workspace}>
          <p className="text-small text-pretty text-ink-2">{text('snapshot.writers')}</p>
        </OpenWarning>
        {plan === null && answer.isPlanning ? <Spinner label={text('planning')} /> : null}
        {plan === null || input === null || answer.failure !== null ? null : <AdoptPlanView plan={plan} />}
        {report === null ? null : <ErrorNotice report={report} />}
      </div>
    </Dialog>
  );
}
