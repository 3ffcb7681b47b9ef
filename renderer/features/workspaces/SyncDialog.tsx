import { Server } from 'lucide-react';
import { useState } from 'react';
import type { SyncInput, SyncPlan } from '#core/contract/handover.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostSelect } from '#renderer/ui/HostSelect.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { SyncPlanView } from './SyncPlanView.tsx';
import { likelyCopy, noChoices, planWork } from './syncForm.ts';
import { useWorkspacesOf, WorkspaceSelect } from './WorkspaceSelect.tsx';
import { showWorkspacesDialog } from './workspacesState.ts';

export interface SyncDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

/** Asks with which copy a workspace is synced; what would happen is looked at first. */
export function SyncDialog({ workspace, onClose }: SyncDialogProps) {
  const text = useText('workspacesForms');
  const hosts = useHosts((state) => state.hosts);
  const first = hosts.find((host) => host.id !== workspace.hostId && isReachable(host));
  if (first !== undefined) return <SyncForm workspace={workspace} firstId={first.id} onClose={onClose} />;
  return (
    <Dialog isOpen onClose={onClose} title={text('sync.title', { name: workspace.name })}>
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

const directions = ['both', 'push', 'pull'] as const;

function SyncForm({ workspace, firstId, onClose }: SyncDialogProps & { readonly firstId: HostId }) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id, name } = workspace;
  const here = useHosts((state) => hostOf(state, hostId))?.label ?? hostId;
  const [otherHostId, setOtherHostId] = useState(firstId);
  const there = useHosts((state) => hostOf(state, otherHostId))?.label ?? otherHostId;
  const others = useWorkspacesOf(otherHostId);
  const [chosenId, setChosenId] = useState<WorkspaceId | null>(null);
  const otherId = chosenId ?? likelyCopy(workspace, others)?.id ?? null;
  const [direction, setDirection] = useState<SyncInput['direction']>('both');
  const [plan, setPlan] = useState<SyncPlan | null>(null);
  const [choices, setChoices] = useState(noChoices);
  const looking = useSubmit();
  const syncing = useSubmit();
  const other = others.find((each) => each.id === otherId) ?? null;
  const work = plan === null ? null : planWork(plan, choices);

  function change() {
    setPlan(null);
    setChoices(noChoices);
    looking.forgetFailure();
    syncing.forgetFailure();
  }

  function inputOf(): SyncInput | null {
    if (other === null) return null;
    return {
      hostId,
      id,
      other: { hostId: otherHostId, id: other.id },
      direction,
      resolutions: [...choices.kept].map(([path, keep]) => ({ path, keep })),
      confirmed: [...choices.confirmed],
    };
  }

  function look() {
    const input = inputOf();
    if (input === null) return;
    syncing.forgetFailure();
    void looking.submit(async () => {
      setPlan(await client.handover.planSync({ ...input, resolutions: [], confirmed: [] }));
      setChoices(noChoices);
    });
  }

  function sync() {
    const input = inputOf();
    if (input === null || work === null || !work.hasAny) return;
    void syncing.submit(async () => {
      await client.handover.sync(input);
      onClose();
    });
  }

  const failure = syncing.failure ?? looking.failure;
  return (
    <Dialog
      isOpen
      isHeld
      width="wide"
      onClose={onClose}
      title={text('sync.title', { name })}
      description={text('sync.description')}
      onSubmit={plan === null ? look : sync}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          {plan === null ? (
            <Button tone="primary" type="submit" isBusy={looking.isBusy} disabled={other === null}>
              {text(looking.isBusy ? 'sync.looking' : 'sync.dryRun')}
            </Button>
          ) : (
            <>
              <Button onClick={look} isBusy={looking.isBusy}>
                {text('sync.lookAgain')}
              </Button>
              <Button
                tone="primary"
                type="submit"
                isBusy={syncing.isBusy}
                disabled={work?.hasAny !== true || looking.isBusy}
              >
                {text('sync.submit')}
              </Button>
            </>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 items-start gap-3">
          <HostSelect
            exceptId={hostId}
            label={text('sync.otherHost')}
            value={otherHostId}
            onChange={(chosen) => {
              change();
              setChosenId(null);
              setOtherHostId(chosen);
            }}
          />
          <WorkspaceSelect
            hostId={otherHostId}
            label={text('sync.other')}
            value={otherId}
            onChange={(chosen) => {
              change();
              setChosenId(chosen);
            }}
            empty={
              <Button onClick={() => showWorkspacesDialog({ kind: 'push', workspace })}>
                {text('sync.push')}
              </Button>
            }
          />
        </div>
        <div>
          <Segmented
            label={text('sync.direction')}
            value={direction}
            options={directions.map((value) => ({
              value,
              label:
                value === 'both'
                  ? text('sync.both')
                  : text(value === 'push' ? 'sync.toOther' : 'sync.toHere', { host: there }),
            }))}
            onChange={(value) => {
              change();
              setDirection(value);
            }}
          />
          <p className="mt-1 text-small text-ink-3">{text(`sync.directionHints.${direction}`)}</p>
        </div>
        <OpenWarning workspace={workspace} host={here} />
        {other === null ? null : <OpenWarning workspace={other} host={there} />}
        {plan === null ? null : (
          <SyncPlanView
            plan={plan}
            hosts={{ here, there }}
            choices={choices}
            onChoose={setChoices}
            direction={direction}
          />
        )}
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
