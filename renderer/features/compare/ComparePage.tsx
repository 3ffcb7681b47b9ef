import { useQuery } from '@tanstack/react-query';
import { FileDiff } from 'lucide-react';
import { useEffect } from 'react';
import { baseName } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { ComparisonList } from './ComparisonList.tsx';
import { ComparisonView } from './ComparisonView.tsx';
import {
  type ComparedPaths,
  compareStore,
  startComparison,
  useCompare,
  useShownComparisonId,
} from './compareState.ts';
import { useKeptComparisons } from './useKeptComparisons.ts';

/** Two images side by side: how the comparison goes, and what it found. */
export function ComparePage() {
  const text = useText('compare');
  const { kept, keptIds, failure } = useKeptComparisons();
  const taskId = useShownComparisonId(keptIds);
  const paths = useCompare((state) => state.paths);
  // The buttons follow whether there is an answer.
  useCompare((state) => state.answeredId);
  const shown =
    taskId === null ? (
      <EmptyState icon={FileDiff} title={text('none')} text={text('noneText')} />
    ) : (
      <OneComparison key={taskId} taskId={taskId} paths={paths} />
    );
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="compare">
      <PageHeader
        title={text('title')}
        detail={
          paths === null
            ? undefined
            : text('pair', {
                left: showControls(baseName(paths.left)),
                right: showControls(baseName(paths.right)),
              })
        }
      >
        <CommandButton id="compare.swap" isIconOnly />
        <CommandButton id="compare.copy" isIconOnly />
        <CommandButton id="compare.save" isIconOnly />
        <CommandButton id="compare.open" tone="primary" />
      </PageHeader>
      <div className="min-h-0 flex-1 border-t border-line">
        {failure === null ? null : (
          <div className="p-3">
            <ErrorNotice report={failure} />
          </div>
        )}
        {kept === null || kept.length === 0 ? (
          shown
        ) : (
          <SplitPane
            id="compare.list"
            secondSize={78}
            secondMinSize={50}
            firstMinSize={14}
            first={<ComparisonList kept={kept} shownId={taskId} />}
            second={shown}
          />
        )}
      </div>
    </div>
  );
}

interface OneComparisonProps {
  readonly taskId: TaskId;
  readonly paths: ComparedPaths | null;
}

function OneComparison({ taskId, paths }: OneComparisonProps) {
  const text = useText('compare');
  const task = useTasks((state) => state.tasks.find(({ id }) => id === taskId) ?? null);
  if (task !== null && isActive(task)) return <Running task={task} />;
  const again =
    paths === null ? null : (
      <Button onClick={() => attempt(() => startComparison(paths))}>{text('again')}</Button>
    );
  if (task?.status.state === 'failed') {
    return (
      <div className="p-3">
        <ErrorNotice report={task.status.error} action={again} />
      </div>
    );
  }
  if (task?.status.state === 'cancelled') {
    return (
      <div className="flex items-center gap-3 p-3">
        <p>{text('cancelled')}</p>
        {again}
      </div>
    );
  }
  return <Answer taskId={taskId} />;
}

function Running({ task }: { readonly task: Task }) {
  const text = useText('compare');
  const { status } = task;
  const progress = status.state === 'running' || status.state === 'cancelling' ? status.progress : null;
  const label = text('running', { title: showControls(task.title) });
  return (
    <section aria-label={label} className="flex max-w-180 flex-col gap-2 p-3">
      <p className="font-semibold [overflow-wrap:anywhere]">{label}</p>
      <ProgressBar label={label} fraction={progress?.fraction ?? null} />
      <p className="min-h-5 text-small text-ink-2">{progress?.text ?? ''}</p>
      <p className="text-small text-ink-3">{text('runningText')}</p>
      <Button
        className="self-start"
        disabled={status.state === 'cancelling' || task.isForeign}
        onClick={() => attempt(() => client.tasks.cancel({ id: task.id }))}
      >
        {text('cancel')}
      </Button>
    </section>
  );
}

function Answer({ taskId }: { readonly taskId: TaskId }) {
  const text = useText('compare');
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'compare.result',
      hostId: null,
      input: taskId,
      call: (signal) => client.compare.result({ taskId }, { signal }),
    }),
    // A comparison that has ended does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (data === undefined) return;
    compareStore.setState({
      answeredId: taskId,
      paths: { left: data.left.path, right: data.right.path },
    });
    return () => compareStore.setState({ answeredId: null });
  }, [data, taskId]);
  if (error !== null) {
    return (
      <div className="p-3">
        <ErrorNotice report={failureReport(error)} />
      </div>
    );
  }
  if (data === undefined) return <SkeletonRows label={text('reading')} />;
  return <ComparisonView taskId={taskId} comparison={data} />;
}
