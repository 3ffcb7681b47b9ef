import { Info } from 'lucide-react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { HostId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';

/** What a person would type to get the same, and how it is done here. */
export function ByHand({
  plan,
  waiting,
}: {
  readonly plan: { readonly byHand: string; readonly means: string } | null;
  /** What stands there before it is known. */
  readonly waiting: string;
}) {
  const text = useText('images');
  return (
    <section aria-label={text('pull.byHand')} className="flex flex-col gap-1">
      <h3 className="text-small font-medium text-ink-2">{text('pull.byHand')}</h3>
      {plan === null ? (
        <p className="flex min-h-7 items-center rounded-control border border-dashed border-line px-2 text-small text-ink-3">
          {waiting}
        </p>
      ) : (
        <>
          <CommandLine command={plan.byHand} />
          <p className="text-small text-pretty text-ink-3">{plan.means}</p>
        </>
      )}
    </section>
  );
}

/** Says that the same image is arriving already. */
export function RunningNote({ hostId, reference }: { readonly hostId: HostId; readonly reference: string }) {
  const text = useText('images');
  const isRunning = useTasks((state) =>
    state.tasks.some((task) => task.hostId === hostId && task.title === reference && isActive(task)),
  );
  if (!isRunning) return null;
  return (
    <p className="flex items-start gap-1.5 text-small text-ink-2">
      <Info aria-hidden className="mt-px size-4 shrink-0 text-accent" />
      {text('pull.running')}
    </p>
  );
}

export interface PlanFailureProps {
  readonly report: ErrorReport | null;
  readonly onAllowHttp: () => void;
}

/** Why the pull cannot be started, with the one click that this form can do about it. */
export function PlanFailure({ report, onAllowHttp }: PlanFailureProps) {
  const text = useText('images');
  if (report === null) return null;
  return (
    <ErrorNotice
      report={report}
      action={
        report.action?.kind === 'allowHttp' ? (
          <Button onClick={onAllowHttp}>{text('pull.allowHttp')}</Button>
        ) : null
      }
    />
  );
}
