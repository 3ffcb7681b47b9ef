import { useMutation, useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { KeptCheckpoint } from '#core/contract/builds.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery, queryClient } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostSelect } from '#renderer/ui/HostSelect.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { agoText, useNow } from '#renderer/ui/when.ts';

const sizeOf = (some: readonly KeptCheckpoint[]) =>
  formatBytes(some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));

/** The kept checkpoints of builds on each machine that builds, and how to be rid of them. */
export function CheckpointsSection() {
  const text = useText('storage');
  const endedTasks = useTasks((state) => state.tasks.filter((task) => task.endedAt !== null).length);
  const [hostId, setHostId] = useState<HostId>(localHostId);
  const hasOthers = useHosts(({ hosts }) =>
    hosts.some((host) => host.id !== localHostId && isReachable(host)),
  );
  const hostLabel = useHosts((state) => hostOf(state, hostId)?.label ?? hostId);
  const isHere = hostId === localHostId;
  const [going, setGoing] = useState<readonly KeptCheckpoint[] | null>(null);
  const { data, error } = useQuery(
    contractQuery({
      path: 'builds.checkpoints',
      hostId,
      input: { endedTasks },
      call: (signal) => client.builds.checkpoints({ hostId }, { signal }),
    }),
  );
  const kept = data?.checkpoints ?? [];
  return (
    <section aria-label={text('checkpoints')} className="mt-6 flex max-w-180 flex-col gap-2">
      <div className="flex items-center gap-3">
        <h2 className="font-semibold">{text('checkpoints')}</h2>
        {kept.length === 0 ? null : (
          <>
            <span className="text-small text-ink-3">
              {text('checkpointsTotal', { count: kept.length, size: sizeOf(kept) })}
            </span>
            <Button onClick={() => setGoing(kept)}>{text('removeCheckpoints')}</Button>
          </>
        )}
      </div>
      <p className="text-pretty text-ink-2">
        {text('checkpointsText')}{' '}
        {data === undefined
          ? null
          : text('checkpointsLimits', { count: data.keptDays, size: formatBytes(data.capBytes) })}
      </p>
      {hasOthers || !isHere ? (
        <div className="max-w-80">
          <HostSelect label={text('checkpointsOn')} value={hostId} onChange={setHostId} />
        </div>
      ) : null}
      {error === null ? null : <ErrorNotice report={failureReport(error)} />}
      {data === undefined ? null : kept.length === 0 ? (
        <p className="text-ink-3">{text('noCheckpoints')}</p>
      ) : (
        <CheckpointTable kept={kept} onRemove={(one) => setGoing([one])} />
      )}
      {going === null ? null : (
        <RemoveDialog
          hostId={hostId}
          hostLabel={isHere ? null : hostLabel}
          going={going}
          onClose={() => setGoing(null)}
        />
      )}
    </section>
  );
}

interface CheckpointTableProps {
  readonly kept: readonly KeptCheckpoint[];
  readonly onRemove: (one: KeptCheckpoint) => void;
}

function CheckpointTable({ kept, onRemove }: CheckpointTableProps) {
  const text = useText('storage');
  const now = useNow(60_000);
  return (
    <div className="max-h-96 overflow-auto rounded-control border border-line">
      <table className="w-full text-small tabular-nums">
        <caption className="sr-only">{text('checkpoints')}</caption>
        <thead className="sticky top-0 bg-panel text-left text-ink-3">
          <tr>
            <th className="h-6.5 px-2 font-medium">{text('checkpoint')}</th>
            <th className="px-2 font-medium">{text('definition')}</th>
            <th className="px-2 text-right font-medium">{text('size')}</th>
            <th className="px-2 font-medium">{text('lastUsed')}</th>
            <th className="w-9 px-2">
              <span className="sr-only">{text('actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {kept.map((one) => (
            <tr key={one.key} className="border-t border-line/60">
              <td className="h-6.5 px-2 [overflow-wrap:anywhere]">{showControls(one.name)}</td>
              <td className="px-2 [overflow-wrap:anywhere]">{showControls(one.definitionName)}</td>
              <td className="px-2 text-right whitespace-nowrap">{formatBytes(one.sizeBytes)}</td>
              <td className="px-2 whitespace-nowrap text-ink-2">{agoText(one.lastUsedAt, now)}</td>
              <td className="px-1 text-right">
                <IconButton
                  size="small"
                  icon={Trash2}
                  label={text('removeCheckpoint', {
                    name: showControls(one.name),
                    definition: showControls(one.definitionName),
                  })}
                  onClick={() => onRemove(one)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RemoveDialogProps {
  readonly hostId: HostId;
  /** Of another machine than this. */
  readonly hostLabel: string | null;
  readonly going: readonly KeptCheckpoint[];
  readonly onClose: () => void;
}

function RemoveDialog({ hostId, hostLabel, going, onClose }: RemoveDialogProps) {
  const text = useText('storage');
  const count = going.length;
  const removal = useMutation({
    mutationFn: () =>
      client.builds.removeCheckpoints({
        hostId,
        keys: going.map(({ key }) => key),
        olderThanDays: null,
        keepBytes: null,
      }),
    onSuccess: ({ removed }) => {
      addNotice({
        tone: 'ok',
        title: text('checkpointsRemoved', { size: sizeOf(removed) }),
        detail: null,
        taskId: null,
        report: null,
      });
      void queryClient.invalidateQueries({ queryKey: ['builds.checkpoints'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => removal.mutate()}
      title={
        hostLabel === null
          ? text('removeCheckpointsTitle', { count })
          : text('removeCheckpointsTitleOn', { count, host: hostLabel })
      }
      description={text('removeCheckpointsText', { size: sizeOf(going) })}
      confirmLabel={text('removeCheckpointsNow', { count })}
      tone="danger"
      isBusy={removal.isPending}
      failure={removal.error === null ? null : failureReport(removal.error)}
    />
  );
}
