import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { forgetWork, noteWork, useSandboxes } from './sandboxesState.ts';

export interface WorkNoticesProps {
  readonly hostId: HostId;
  /** The sandbox that the work is about; null for work that makes one. */
  readonly path: HostPath | null;
}

/** Work on a sandbox that runs or failed, in the place where it was begun. */
export function WorkNotices({ hostId, path }: WorkNoticesProps) {
  const begun = useSandboxes((state) => state.begun);
  const tasks = useTasks((state) => state.tasks);
  const ids = new Set(
    begun.filter((work) => work.hostId === hostId && work.path === path).map(({ taskId }) => taskId),
  );
  // Work of another window, or from before a reload, is known by its folder.
  const shown = tasks.filter(
    (task) =>
      (ids.has(task.id) && (isActive(task) || task.status.state === 'failed')) ||
      (path !== null &&
        isActive(task) &&
        task.hostId === hostId &&
        task.target === path &&
        task.kind.startsWith('sandbox.')),
  );
  if (shown.length === 0) return null;
  return (
    <div className="flex shrink-0 flex-col gap-2 px-3 py-2 empty:hidden">
      {shown.map((task) =>
        isActive(task) ? (
          <Running key={task.id} task={task} />
        ) : (
          <Failed key={task.id} task={task} path={path} />
        ),
      )}
    </div>
  );
}

function useLabel({ kind, title }: Task): string {
  const text = useText('sandboxes');
  return text('work.label', { kind: textOf(`tasks:kinds.${kind}`), title: showControls(title) });
}

function Running({ task }: { readonly task: Task }) {
  const text = useText('sandboxes');
  const label = useLabel(task);
  const { status } = task;
  const progress = status.state === 'running' || status.state === 'cancelling' ? status.progress : null;
  return (
    <section
      aria-label={label}
      className="flex flex-col gap-1 rounded-control border border-line bg-bg px-2.5 py-2"
    >
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate font-semibold" title={label}>
          {label}
        </p>
        <Button tone="quiet" onClick={() => showTask(task.id)}>
          {text('work.log')}
        </Button>
        <Button
          disabled={status.state === 'cancelling' || task.isForeign}
          onClick={() => attempt(() => client.tasks.cancel({ id: task.id }))}
        >
          {text('work.cancel')}
        </Button>
      </div>
      <ProgressBar label={label} fraction={progress?.fraction ?? null} />
      <p className="min-h-4.5 truncate text-small text-ink-2">{showControls(progress?.text ?? '')}</p>
    </section>
  );
}

function Failed({ task, path }: { readonly task: Task; readonly path: HostPath | null }) {
  const text = useText('sandboxes');
  if (task.status.state !== 'failed') return null;
  async function retry() {
    const { taskId } = await client.tasks.retry({ id: task.id });
    forgetWork(task.id);
    noteWork({ taskId, hostId: task.hostId, path });
  }
  return (
    <ErrorNotice
      report={task.status.error}
      action={
        <>
          {task.canRetry ? <Button onClick={() => attempt(retry)}>{text('work.retry')}</Button> : null}
          <Button onClick={() => showTask(task.id)}>{text('work.log')}</Button>
          <Button tone="quiet" onClick={() => forgetWork(task.id)}>
            {text('work.dismiss')}
          </Button>
        </>
      }
    />
  );
}
