import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { FailedTask, RunningTask } from '#renderer/ui/TaskNotice.tsx';
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
  if (isActive(task)) return <RunningTask task={task} />;
  if (task.status.state === 'failed') return <Failed task={task} path={path} />;
  return task.kind === 'overlay.check' && task.status.state === 'succeeded' ? <Checked task={task} /> : null;
}

function Failed({ task, path }: { readonly task: Task; readonly path: HostPath | null }) {
  return (
    <FailedTask
      task={task}
      onRetried={(taskId) => {
        forgetWork(task.id);
        noteWork({ taskId, hostId: task.hostId, path });
      }}
      onDismiss={() => forgetWork(task.id)}
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
          {textOf('tasks:work.dismiss')}
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
