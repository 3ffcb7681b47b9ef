import type { FileDifference } from '#core/contract/compare.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ChangeMark } from './ChangeMark.tsx';
import { compareStore, useCompare } from './compareState.ts';
import { changeOf, entrySize, whatDiffers } from './compareWords.ts';
import type { DifferenceColumn } from './DifferenceTable.tsx';
import { PagedDifferences } from './PagedDifferences.tsx';

export interface FileDifferencesProps {
  readonly taskId: TaskId;
  /** How many differing names core lists, and how many there are. */
  readonly listed: number;
  readonly total: number;
}

/** The names that differ, with what differs about them and their sizes. */
export function FileDifferences({ taskId, listed, total }: FileDifferencesProps) {
  const text = useText('compare');
  const filter = useCompare((state) => state.fileFilter);
  const columns: readonly DifferenceColumn<FileDifference>[] = [
    {
      id: 'change',
      label: text('columns.change'),
      width: '6.5rem',
      cell: (row) => <ChangeMark change={changeOf(row)} />,
    },
    {
      id: 'path',
      label: text('columns.path'),
      width: 'minmax(14rem, 1.6fr)',
      cell: ({ path }) => (
        <bdi dir="ltr" title={path} className="min-w-0 truncate font-mono text-code">
          {path}
        </bdi>
      ),
    },
    {
      id: 'what',
      label: text('columns.what'),
      width: 'minmax(9rem, 1fr)',
      cell: (row) => {
        const words = whatDiffers(row);
        return (
          <bdi dir="ltr" title={words} className="min-w-0 truncate text-small text-ink-2">
            {words}
          </bdi>
        );
      },
    },
    {
      id: 'left',
      label: text('columns.left'),
      width: '6rem',
      isEnd: true,
      cell: ({ left }) => entrySize(left),
    },
    {
      id: 'right',
      label: text('columns.right'),
      width: '6rem',
      isEnd: true,
      cell: ({ right }) => entrySize(right),
    },
  ];
  return (
    <PagedDifferences
      label={text('tabs.files')}
      filterLabel={text('filterFiles')}
      filter={filter}
      onFilter={(fileFilter) => compareStore.setState({ fileFilter })}
      list={{
        path: 'compare.files',
        taskId,
        call: (input, signal) => client.compare.files(input, { signal }),
      }}
      columns={columns}
      total={listed}
      note={listed < total ? text('listed', { count: listed }) : null}
      sameText={text('same.files')}
    />
  );
}
