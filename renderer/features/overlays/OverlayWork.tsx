import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { forgetWork, noteWork, showOverlaysDialog, useOverlays } from './overlaysState.ts';

export interface OverlayWorkProps {
  readonly hostId: HostId;
  /** The overlay that the work is about; null for work that makes one. */
  readonly path: HostPath | null;
}

/** Work on an overlay that runs or failed, and what a check found, in the place where it was begun. */
export function OverlayWork({ hostId, path }: OverlayWorkProps) {
  const begun = useOverlays((state) => state.begun);
  const tasks = useTasks((state) => state.tasks);
  const ids = new Set(
    begun.filter((work) => work.hostId === hostId && work.path === path).map(({ taskId }) => taskId),
  );
  const shown = tasks.filter(({ id }) => ids.has(id));
  return (
    <div className="flex shrink-0 flex-col gap-2 px-3 py-2 empty:hidden">
      {shown.map((task) => (
        <One key={task.id} task={task} path={path} />
      ))}
    </div>
  );
}

function One({ task, path }: { readonly task: Task; readonly path: HostPath | null }) {
  if (isActive(task)) return <Running task={task} />;
  if (task.status.state === 'failed') return <Failed task={task} path={path} />;
  return task.kind === 'overlay.check' && task.status.state === 'succeeded' ? <Checked task={task} /> : null;
}

function Running({ task }: { readonly task: Task }) {
  const text = useText('overlays');
  const { status, kind, title } = task;
  const label = text('work.label', { kind: textOf(`tasks:kinds.${kind}`), title: showControls(title) });
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
  const text = useText('overlays');
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

/** What a check found. */
function Checked({ task }: { readonly task: Task }) {
  const text = useText('overlays');
  const chosen = useOverlays((state) => state.chosen);
  if (task.status.state !== 'succeeded') return null;
  const { isClean, report, keptCopy } = task.status.result.facts;
  const isSound = isClean === true;
  return (
    <section
      aria-label={text('check.report')}
      className="flex flex-col gap-2 rounded-control border border-line bg-bg px-2.5 py-2"
    >
      <div className="flex items-center gap-2">
        <Badge tone={isSound ? 'ok' : 'bad'}>{textOf(`tasks:kinds.${task.kind}`)}</Badge>
        <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          {typeof keptCopy === 'string'
            ? text('check.mended', { path: showControls(keptCopy) })
            : text(isSound ? 'check.sound' : 'check.damaged')}
        </p>
        <Button tone="quiet" onClick={() => forgetWork(task.id)}>
          {text('work.dismiss')}
        </Button>
      </div>
      {isSound || typeof report !== 'string' ? null : (
        <>
          <CodeBlock
            label={text('check.report')}
            code={report.split('\n').map(showControls).join('\n')}
            maxHeightClass="max-h-32"
          />
          {chosen === null ? null : (
            <Button
              tone="primary"
              className="self-start"
              onClick={() => showOverlaysDialog({ kind: 'mend', overlay: chosen })}
            >
              {text('commands.mend')}
            </Button>
          )}
        </>
      )}
    </section>
  );
}
