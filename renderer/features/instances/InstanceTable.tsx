import { useState } from 'react';
import { baseName } from '#core/contract/hostPath.ts';
import type { Instance } from '#core/contract/instances.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { instancesStore, keyOfInstance } from './instancesState.ts';

const minuteMs = 60_000;

export interface InstanceTableProps {
  readonly rows: readonly Instance[];
  readonly chosenKey: string | null;
}

/** The instances of a host, one a line. */
export function InstanceTable({ rows, chosenKey }: InstanceTableProps) {
  const text = useText('instances');
  const now = useNow(minuteMs);
  const [active, setActive] = useState<string | null>(chosenKey);
  const columns: readonly GridColumn<Instance>[] = [
    {
      id: 'name',
      label: text('columns.name'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ name, isRunning }) => (
        <>
          <span className="truncate font-medium">{showControls(name)}</span>
          {isRunning === null ? <Badge>{text('otherNode')}</Badge> : null}
        </>
      ),
    },
    {
      id: 'image',
      label: text('columns.image'),
      width: 'minmax(6rem, 1fr)',
      cell: ({ imagePath }) =>
        imagePath === null ? (
          <span className="text-ink-3">{text('unknown')}</span>
        ) : (
          <bdi dir="ltr" className="truncate text-ink-2" title={showControls(imagePath)}>
            {showControls(baseName(imagePath))}
          </bdi>
        ),
    },
    {
      id: 'workspace',
      label: text('columns.workspace'),
      width: 'minmax(4.5rem, 0.7fr)',
      fromRem: 36,
      cell: ({ workspace }) =>
        workspace === null ? null : <span className="truncate">{showControls(workspace.name)}</span>,
    },
    {
      id: 'node',
      label: text('columns.node'),
      width: 'minmax(4rem, 0.6fr)',
      fromRem: 28,
      cell: ({ node }) => <span className="truncate text-ink-2">{showControls(node)}</span>,
    },
    {
      id: 'since',
      label: text('columns.since'),
      width: '7rem',
      cell: ({ startedAt }) =>
        startedAt === null ? (
          <span className="text-ink-3">{text('unknown')}</span>
        ) : (
          <span className="truncate" title={wholeTimeText(startedAt)}>
            {clockText(startedAt, now)}
          </span>
        ),
    },
  ];
  const keys = rows.map(keyOfInstance);
  return (
    <RowGrid
      label={text('table')}
      hint={text('tableHint')}
      rows={rows}
      keyOf={keyOfInstance}
      nameOf={({ name }) => name}
      columns={columns}
      openKey={chosenKey}
      activeKey={active !== null && keys.includes(active) ? active : (keys[0] ?? null)}
      onActive={setActive}
      onOpen={(instance) => instancesStore.setState({ chosenKey: keyOfInstance(instance) })}
      isBusy={false}
      placeholder={null}
    />
  );
}
