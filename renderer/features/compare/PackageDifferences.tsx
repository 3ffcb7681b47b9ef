import type { PackageDifference } from '#core/contract/compare.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ChangeMark } from './ChangeMark.tsx';
import { compareStore, useCompare } from './compareState.ts';
import { changeOf } from './compareWords.ts';
import type { DifferenceColumn } from './DifferenceTable.tsx';
import { PagedDifferences } from './PagedDifferences.tsx';

export interface PackageDifferencesProps {
  readonly taskId: TaskId;
  readonly total: number;
}

/** The packages whose versions differ, of all package managers that left a record in either image. */
export function PackageDifferences({ taskId, total }: PackageDifferencesProps) {
  const text = useText('compare');
  const filter = useCompare((state) => state.packageFilter);
  const columns: readonly DifferenceColumn<PackageDifference>[] = [
    {
      id: 'change',
      label: text('columns.change'),
      width: '6.5rem',
      cell: (row) => <ChangeMark change={changeOf(row)} />,
    },
    {
      id: 'package',
      label: text('columns.package'),
      width: 'minmax(10rem, 1.2fr)',
      cell: ({ name }) => <Words words={name} isStrong />,
    },
    {
      id: 'manager',
      label: text('columns.manager'),
      width: '5rem',
      cell: ({ manager }) => <span className="text-ink-2">{text(`managers.${manager}`)}</span>,
    },
    {
      id: 'left',
      label: text('columns.left'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ left }) => <Words words={left} />,
    },
    {
      id: 'right',
      label: text('columns.right'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ right }) => <Words words={right} />,
    },
  ];
  return (
    <PagedDifferences
      label={text('tabs.packages')}
      filterLabel={text('filterPackages')}
      filter={filter}
      onFilter={(packageFilter) => compareStore.setState({ packageFilter })}
      list={{
        path: 'compare.packages',
        taskId,
        call: (input, signal) => client.compare.packages(input, { signal }),
      }}
      columns={columns}
      total={total}
      note={null}
      sameText={text('same.packages')}
    />
  );
}

function Words({ words, isStrong = false }: { readonly words: string | null; readonly isStrong?: boolean }) {
  const text = useText('compare');
  if (words === null) return <span className="text-ink-3">{text('nobody')}</span>;
  const shown = showControls(words);
  return (
    <bdi dir="ltr" title={shown} className={isStrong ? 'min-w-0 truncate font-medium' : 'min-w-0 truncate'}>
      {shown}
    </bdi>
  );
}
