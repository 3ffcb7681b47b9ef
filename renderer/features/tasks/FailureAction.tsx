import type { ErrorReport } from '#core/contract/errors.ts';
import type { Task } from '#core/contract/tasks.ts';
import { runErrorAction } from '#renderer/commands/errorActions.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { retryTask } from './taskActions.ts';

export interface FailureActionProps {
  readonly task: Task;
  readonly report: ErrorReport;
}

/** The next click after a failure: what its error proposes, and a plain retry where that may help too. */
export function FailureAction({ task, report }: FailureActionProps) {
  const text = useText('tasks');
  const { action } = report;
  const proposed = action === null || action.kind === 'retry' ? null : action;
  return (
    <>
      {proposed === null ? null : (
        <Button tone="primary" onClick={() => runErrorAction(task, proposed)}>
          {text(`actions.${proposed.kind}`)}
        </Button>
      )}
      {task.canRetry ? (
        <Button tone={proposed === null ? 'primary' : 'plain'} onClick={() => retryTask(task.id)}>
          {text('retry')}
        </Button>
      ) : null}
    </>
  );
}
