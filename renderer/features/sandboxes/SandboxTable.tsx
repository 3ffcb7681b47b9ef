import { UsersRound } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { type SandboxColumn, sandboxesStore, useSandboxes } from './sandboxesState.ts';
import { shortBase } from './sandboxRows.ts';

const minuteMs = 60_000;

export interface SandboxTableProps {
  readonly rows: readonly Sandbox[];
  readonly chosenPath: string | null;
}

/** The sandboxes of a host, one a line; a press on a head sorts. */
export function SandboxTable({ rows, chosenPath }: SandboxTableProps) {
  const text = useText('sandboxes');
  const sort = useSandboxes((state) => state.sort);
  const now = useNow(minuteMs);
  const [active, setActive] = useState<string | null>(chosenPath);
  const sortable = (id: SandboxColumn, isDescendingFirst: boolean) => ({
    id,
    label: text(`columns.${id}`),
    sort: {
      problem: null,
      onSort: () =>
        sandboxesStore.setState({
          sort: { column: id, isDescending: sort.column === id ? !sort.isDescending : isDescendingFirst },
        }),
    },
  });
  const columns: readonly GridColumn<Sandbox>[] = [
    {
      ...sortable('name', false),
      width: 'minmax(8rem, 1.2fr)',
      cell: (sandbox) => <Name sandbox={sandbox} />,
    },
    {
      ...sortable('base', false),
      width: 'minmax(6rem, 1fr)',
      fromRem: 30,
      cell: (sandbox) => <Base sandbox={sandbox} />,
    },
    {
      ...sortable('size', true),
      width: '5.5rem',
      isEnd: true,
      cell: ({ size }) =>
        size === null ? (
          <span title={text('notMeasured')} className="text-ink-3">
            <span aria-hidden>{text('nothingKnown')}</span>
            <span className="sr-only">{text('notMeasured')}</span>
          </span>
        ) : (
          formatBytes(size.bytes)
        ),
    },
    {
      ...sortable('snapshots', true),
      width: '5.5rem',
      isEnd: true,
      fromRem: 42,
      cell: ({ snapshots }) => (snapshots.length === 0 ? null : snapshots.length),
    },
    {
      ...sortable('used', true),
      width: '7.5rem',
      fromRem: 24,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? (
          <span className="text-ink-3">{text('neverUsed')}</span>
        ) : (
          <span className="truncate" title={wholeTimeText(lastUsedAt)}>
            {clockText(lastUsedAt, now)}
          </span>
        ),
    },
  ];
  return (
    <RowGrid
      label={text('table')}
      hint={text('tableHint')}
      rows={rows}
      keyOf={({ path }) => path}
      nameOf={({ name }) => name}
      columns={columns}
      sorted={{ id: sort.column, isDescending: sort.isDescending }}
      openKey={chosenPath}
      activeKey={rows.some(({ path }) => path === active) ? active : (rows[0]?.path ?? null)}
      onActive={setActive}
      onOpen={({ path }) => sandboxesStore.setState({ chosenPath: path })}
      isBusy={false}
      placeholder={<p className="p-3 text-ink-2">{text('nothing')}</p>}
    />
  );
}

function Name({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  return (
    <>
      <bdi dir="ltr" className="truncate font-medium" title={showControls(sandbox.path)}>
        {showControls(sandbox.name)}
      </bdi>
      {sandbox.hasForeignOwners === true ? (
        <span title={text('subordinateText')} className="shrink-0 text-ink-3">
          <UsersRound aria-label={text('subordinateText')} role="img" className="size-3.5" />
        </span>
      ) : null}
    </>
  );
}

function Base({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  const short = shortBase(sandbox);
  if (short === null) return <span className="truncate text-ink-3">{text('unknownBase')}</span>;
  return (
    <bdi
      dir="ltr"
      className="truncate font-mono text-code text-ink-2"
      title={showControls(sandbox.base?.from ?? '')}
    >
      {showControls(short)}
    </bdi>
  );
}
