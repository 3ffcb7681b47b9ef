import type { Comparison, TextDifference } from '#core/contract/compare.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { type TabItem, Tabs } from '#renderer/ui/Tabs.tsx';
import { ComparisonSummary } from './ComparisonSummary.tsx';
import { type ComparisonTab, compareStore, useCompare } from './compareState.ts';
import { FileDifferences } from './FileDifferences.tsx';
import { LabelDifferences } from './LabelDifferences.tsx';
import { PackageDifferences } from './PackageDifferences.tsx';
import { TextDifferences } from './TextDifferences.tsx';

export interface ComparisonViewProps {
  readonly taskId: TaskId;
  readonly comparison: Comparison;
}

/** What a comparison found: the two images, the sums, and the differences by what they are of. */
export function ComparisonView({ taskId, comparison }: ComparisonViewProps) {
  const text = useText('compare');
  const chosen = useCompare((state) => state.tab);
  const { totals, labels } = comparison;
  const differing = totals.added + totals.removed + totals.changed;
  const environment = comparison.texts.filter(({ part }) => part === 'environment');
  const definition = comparison.texts.filter(({ part }) => part !== 'environment');
  const items: readonly TabItem<ComparisonTab>[] = [
    {
      id: 'packages',
      label: <Counted label={text('tabs.packages')} count={totals.packages} />,
      content: <PackageDifferences taskId={taskId} total={totals.packages} />,
    },
    {
      id: 'files',
      label: <Counted label={text('tabs.files')} count={differing} />,
      content: <FileDifferences taskId={taskId} listed={comparison.listedFiles} total={differing} />,
    },
    {
      id: 'definition',
      label: <Counted label={text('tabs.definition')} count={definition.length} />,
      content: <Texts texts={definition} sameText={text('same.definition')} />,
    },
    {
      id: 'environment',
      label: <Counted label={text('tabs.environment')} count={labels.length + environment.length} />,
      content:
        labels.length + environment.length === 0 ? (
          <p className="px-3 text-ink-2">{text('same.environment')}</p>
        ) : (
          <div className="flex flex-col gap-4 px-3 pb-3">
            <LabelDifferences labels={labels} />
            <TextDifferences texts={environment} />
          </div>
        ),
    },
  ];
  return (
    <div className="flex h-full min-h-0 flex-col gap-2">
      <ComparisonSummary comparison={comparison} />
      <Tabs
        isInset
        label={text('tabs.name')}
        value={chosen ?? firstTab(comparison, definition.length)}
        onChange={(tab) => compareStore.setState({ tab })}
        items={items}
      />
    </div>
  );
}

/** Where there is something to see. */
function firstTab({ totals, labels }: Comparison, definitions: number): ComparisonTab {
  if (totals.packages > 0) return 'packages';
  if (totals.added + totals.removed + totals.changed > 0) return 'files';
  if (definitions > 0) return 'definition';
  return labels.length > 0 ? 'environment' : 'packages';
}

function Counted({ label, count }: { readonly label: string; readonly count: number }) {
  return (
    <>
      {label}
      <span className="text-tiny text-ink-3 tabular-nums">{count.toLocaleString()}</span>
    </>
  );
}

function Texts({
  texts,
  sameText,
}: {
  readonly texts: readonly TextDifference[];
  readonly sameText: string;
}) {
  if (texts.length === 0) return <p className="px-3 text-ink-2">{sameText}</p>;
  return (
    <div className="flex flex-col gap-4 px-3 pb-3">
      <TextDifferences texts={texts} />
    </div>
  );
}
