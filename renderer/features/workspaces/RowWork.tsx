import type { Task } from '#core/contract/tasks.ts';
import { workspaces as words } from '#renderer/i18n/en/workspaces.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';

export interface RowWorkProps {
  readonly task: Task;
  /** Of the workspace. */
  readonly name: string;
}

type Work = keyof (typeof words)['work'];

/** The short word for a kind of work; null for work that has none of its own. */
function workOf(kind: Task['kind']): Work | null {
  const bare = kind.replace(/^workspace\./, '');
  return isWork(bare) ? bare : null;
}

function isWork(bare: string): bare is Work {
  return bare in words.work;
}

/** What is being done with a workspace, and how far it is, in its row. */
export function RowWork({ task, name }: RowWorkProps) {
  const text = useText('workspaces');
  const tasks = useText('tasks');
  const work = workOf(task.kind);
  const what = work === null ? tasks(`kinds.${task.kind}`) : text(`work.${work}`);
  const { status } = task;
  const fraction =
    status.state === 'running' || status.state === 'cancelling' ? (status.progress?.fraction ?? null) : null;
  const told =
    status.state === 'running'
      ? fraction === null
        ? what
        : text('percent', { what, percent: Math.floor(fraction * 100) })
      : `${what}: ${tasks(`states.${status.state}`)}`;
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="truncate text-tiny text-accent tabular-nums" title={told}>
        {told}
      </span>
      <ProgressBar isThin label={text('working', { what, name })} fraction={fraction} />
    </span>
  );
}
