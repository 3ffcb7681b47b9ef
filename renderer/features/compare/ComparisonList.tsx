import { useQueryClient } from '@tanstack/react-query';
import { Equal, FileDiff, X } from 'lucide-react';
import type { KeptComparison } from '#core/contract/compare.ts';
import { baseName } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { chooseComparison, compareStore } from './compareState.ts';

export interface ComparisonListProps {
  readonly kept: readonly KeptComparison[];
  readonly shownId: TaskId | null;
}

/** What was compared before, newest first: opened again with a click. */
export function ComparisonList({ kept, shownId }: ComparisonListProps) {
  const text = useText('compare');
  const now = useNow(60_000);
  const queries = useQueryClient();
  async function remove(taskId: TaskId) {
    await client.compare.remove({ taskIds: [taskId] });
    if (compareStore.getState().chosenId === taskId || shownId === taskId)
      compareStore.setState({ chosenId: null, paths: null });
    await queries.invalidateQueries({ queryKey: ['compare.list'] });
  }
  return (
    <section className="flex h-full min-h-0 flex-col bg-panel">
      <h2 className="px-3 pt-2 pb-1 text-small font-medium text-ink-2" title={text('kept.hint')}>
        {text('kept.title')}
      </h2>
      <ul aria-label={text('kept.list')} className="min-h-0 flex-1 overflow-auto pb-2">
        {kept.map((one) => (
          <Row
            key={one.taskId}
            one={one}
            isShown={one.taskId === shownId}
            now={now}
            onRemove={() => attempt(() => remove(one.taskId))}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly one: KeptComparison;
  readonly isShown: boolean;
  readonly now: number;
  readonly onRemove: () => void;
}

function Row({ one, isShown, now, onRemove }: RowProps) {
  const text = useText('compare');
  const [left, right] = [one.left, one.right].map(({ path }) => showControls(baseName(path))) as [
    string,
    string,
  ];
  const Icon = one.isEqual ? Equal : FileDiff;
  return (
    <li
      className={`group flex items-center ${isShown ? 'bg-selected' : 'hover:bg-hover'}`}
      title={showControls(`${one.left.path}\n${one.right.path}\n${wholeTimeText(one.comparedAt)}`)}
    >
      <button
        type="button"
        aria-current={isShown ? 'true' : undefined}
        onClick={() => chooseComparison(one.taskId)}
        className="flex min-w-0 flex-1 items-start gap-2 py-1.5 pl-3 text-left focus-visible:-outline-offset-2"
      >
        <Icon
          aria-hidden
          className={`mt-0.5 size-4 shrink-0 ${one.isEqual ? 'text-ok' : 'text-ink-3'}`}
          strokeWidth={1.75}
        />
        <span className="min-w-0 flex-1">
          <bdi dir="ltr" className="block truncate">
            {left}
          </bdi>
          <bdi dir="ltr" className="block truncate">{`→ ${right}`}</bdi>
          <span className="block truncate text-small text-ink-2">{useFound(one)}</span>
          <span className="block truncate text-small text-ink-3 tabular-nums">
            {clockText(one.comparedAt, now)}
          </span>
        </span>
      </button>
      <IconButton
        size="small"
        icon={X}
        className="mr-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
        label={text('kept.remove', { left, right })}
        onClick={onRemove}
      />
    </li>
  );
}

function useFound({ isEqual, filesCompared, totals }: KeptComparison): string {
  const text = useText('compare');
  if (isEqual) return text('equal');
  if (!filesCompared) return text('kept.metadata');
  const differing = totals.added + totals.removed + totals.changed;
  return text('kept.found', {
    files: text('kept.files', { count: differing }),
    packages: text('kept.packages', { count: totals.packages }),
  });
}
