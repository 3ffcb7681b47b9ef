import type { Task } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';

export interface RowWorkProps {
  readonly task: Task;
  /** Of the workspace. */
  readonly name: string;
}

/** What is being done with a workspace, and how far it is, in its row. */
export function RowWork({ task, name }: RowWorkProps) {
  const text = useText('workspaces');
  const tasks = useText('tasks');
  const what = tasks(`kinds.${task.kind}`);
  const { status } = task;
  const fraction =
    status.state === 'running' || status.state === 'cancelling' ? (status.progress?.fraction ?? null) : null;
  const words =
    status.state === 'running'
      ? fraction === null
        ? what
        : text('percent', { what, percent: Math.floor(fraction * 100) })
      : `${what}: ${tasks(`states.${status.state}`)}`;
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="truncate text-tiny text-accent tabular-nums" title={words}>
        {words}
      </span>
      <ProgressBar isThin label={text('working', { what, name })} fraction={fraction} />
    </span>
  );
}
