import { FlaskConical } from 'lucide-react';
import type { ImageTest } from '#core/contract/builds.ts';
import type { Image, ImageDetail } from '#core/contract/images.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { isActive } from '#renderer/state/tasks.ts';
import { plainLine } from '#renderer/ui/ansiText.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Nothing } from './DetailTexts.tsx';
import { canRun, isInReach, runTest } from './imageActions.ts';
import { useTestTask } from './useHowMade.ts';
import { wholeMoment } from './when.ts';

export interface DetailTestProps {
  readonly image: Image;
  readonly detail: ImageDetail;
  /** What it last said; null where it was not run since the file changed. */
  readonly test: ImageTest | null;
}

/** The image's own test: run with a click, and what it last said. */
export function DetailTest({ image, detail, test }: DetailTestProps) {
  const text = useText('images');
  const task = useTestTask(image);
  const isRunning = task !== null && isActive(task);
  const hasNone = !canRun(image) || ((detail.test ?? '').trim() === '' && detail.note === null);
  const isDamaged = image.format === 'damaged';
  // A test that ran and failed is told by its outcome.
  const failed =
    task?.status.state === 'failed' && task.status.error.code !== 'build.testFailed'
      ? task.status.error
      : null;
  return (
    <section aria-label={text('made.test.title')} className="flex flex-col gap-2">
      <h3 className="font-semibold">{text('made.test.title')}</h3>
      {isDamaged || hasNone ? (
        <Nothing>{text(isDamaged ? 'made.test.damaged' : 'made.test.none')}</Nothing>
      ) : (
        <>
          {isRunning ? (
            <p role="status" className="flex items-center gap-2 text-small">
              <Spinner /> {text('made.test.running')}
            </p>
          ) : failed === null ? (
            <Outcome test={test} />
          ) : (
            <ErrorNotice report={failed} />
          )}
          <div className="flex flex-wrap gap-2">
            <Button
              icon={FlaskConical}
              disabled={isRunning || !isInReach(image)}
              onClick={() => attempt(() => runTest(image))}
            >
              {text('made.test.command')}
            </Button>
            {task === null ? null : (
              <Button tone="quiet" onClick={() => showTask(task.id)}>
                {text('made.test.showLog')}
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function Outcome({ test }: { readonly test: ImageTest | null }) {
  const text = useText('images');
  if (test === null) return <Nothing>{text('made.test.never')}</Nothing>;
  const { outcome, exitStatus, testedAt, durationMs, output } = test;
  const shown = output.trim().split('\n').map(plainLine).join('\n');
  return (
    <>
      <p className="flex flex-wrap items-center gap-2 text-small" role="status">
        <Badge tone={outcome === 'passed' ? 'ok' : 'bad'}>{text(`made.test.outcome.${outcome}`)}</Badge>
        <span className="text-ink-2">
          {text('made.test.when', {
            when: wholeMoment(testedAt) ?? text('unknown'),
            time: formatDuration(durationMs / 1000),
          })}
          {outcome === 'failed' && exitStatus !== null
            ? `, ${text('made.test.status', { status: exitStatus })}`
            : ''}
        </span>
      </p>
      {shown === '' ? (
        <Nothing>{text('made.test.silent')}</Nothing>
      ) : (
        <CodeBlock label={text('made.test.output')} code={shown} maxHeightClass="max-h-56" />
      )}
    </>
  );
}
