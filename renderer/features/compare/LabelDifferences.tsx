import type { LabelDifference } from '#core/contract/compare.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ChangeMark } from './ChangeMark.tsx';
import { changeOf } from './compareWords.ts';
import { type DifferenceColumn, DifferenceTable } from './DifferenceTable.tsx';

/** The labels that differ. */
export function LabelDifferences({ labels }: { readonly labels: readonly LabelDifference[] }) {
  const text = useText('compare');
  if (labels.length === 0) return null;
  const columns: readonly DifferenceColumn<LabelDifference>[] = [
    {
      id: 'change',
      label: text('columns.change'),
      width: '6.5rem',
      cell: (row) => <ChangeMark change={changeOf(row)} />,
    },
    {
      id: 'label',
      label: text('columns.label'),
      width: 'minmax(10rem, 1fr)',
      cell: ({ name }) => <Value value={name} />,
    },
    {
      id: 'left',
      label: text('columns.left'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ left }) => <Value value={left} />,
    },
    {
      id: 'right',
      label: text('columns.right'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ right }) => <Value value={right} />,
    },
  ];
  return (
    <section aria-label={text('labels')} className="-mx-3 flex flex-col gap-1">
      <h2 className="px-3 font-semibold">{text('labels')}</h2>
      <div style={{ height: `${Math.min(labels.length, 12) * 1.75 + 1.75}rem` }}>
        <DifferenceTable
          label={text('labels')}
          columns={columns}
          count={labels.length}
          rowAt={(index) => labels[index] ?? null}
        />
      </div>
    </section>
  );
}

function Value({ value }: { readonly value: string | null }) {
  const text = useText('compare');
  if (value === null) return <span className="text-ink-3">{text('nobody')}</span>;
  const shown = showControls(value);
  return (
    <bdi dir="ltr" title={shown} className="min-w-0 truncate">
      {shown}
    </bdi>
  );
}
