import { Ban, Check, CircleDashed, CloudOff, LoaderCircle, type LucideIcon, X } from 'lucide-react';
import type { TaskState } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';

const looks: Readonly<
  Record<TaskState['state'], { readonly icon: LucideIcon; readonly className: string; readonly turns?: true }>
> = {
  queued: { icon: CircleDashed, className: 'text-ink-2' },
  running: { icon: LoaderCircle, className: 'text-accent', turns: true },
  cancelling: { icon: LoaderCircle, className: 'text-warn', turns: true },
  succeeded: { icon: Check, className: 'text-ok' },
  failed: { icon: X, className: 'text-bad' },
  cancelled: { icon: Ban, className: 'text-ink-2' },
  detached: { icon: CloudOff, className: 'text-warn' },
};

/** Icon of a task's state; the word stands beside it. */
export function TaskStateIcon({ state }: { readonly state: TaskState['state'] }) {
  const { icon: Icon, className, turns } = looks[state];
  return (
    <Icon
      aria-hidden
      className={classNames('size-4 shrink-0', className, turns && 'animate-spin [animation-duration:1.6s]')}
      strokeWidth={2}
    />
  );
}

/** Icon and word of a task's state. */
export function TaskStateWord({ state }: { readonly state: TaskState['state'] }) {
  const text = useText('tasks');
  return (
    <span className={classNames('inline-flex items-center gap-1.5', looks[state].className)}>
      <TaskStateIcon state={state} />
      {text(`states.${state}`)}
    </span>
  );
}
