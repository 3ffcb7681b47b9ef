import { useMemo, useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { SandboxChange, SandboxDifference } from '#core/contract/sandboxes.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { ChangeMark } from './ChangeMark.tsx';
import {
  type ChangeColumn,
  type ChangeSort,
  changeRows,
  type PackageChange,
  packageChange,
  packageRows,
} from './sandboxRows.ts';

interface ChangedFilesProps {
  readonly difference: SandboxDifference;
  readonly filter: string;
}

/** Changed files with their sizes; a press on a head sorts. */
export function ChangedFiles({ difference: { files, moreFiles }, filter }: ChangedFilesProps) {
  const text = useText('sandboxes');
  const [sort, setSort] = useState<ChangeSort>({ column: 'path', isDescending: false });
  const [active, setActive] = useState<string | null>(null);
  const rows = useMemo(() => changeRows(files, filter, sort), [files, filter, sort]);
  const sortable = (id: ChangeColumn) => ({
    id,
    label: text(`changes.columns.${id}`),
    sort: {
      problem: null,
      // The largest first is what one wants to know of sizes.
      onSort: () =>
        setSort({ column: id, isDescending: sort.column === id ? !sort.isDescending : id === 'size' }),
    },
  });
  const columns: readonly GridColumn<SandboxChange>[] = [
    { ...sortable('what'), width: '6.25rem', cell: ({ what }) => <ChangeMark what={what} /> },
    {
      ...sortable('path'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ path }) => <Path path={path} />,
    },
    {
      ...sortable('size'),
      width: '5.5rem',
      isEnd: true,
      cell: ({ sizeBytes }) => formatBytes(sizeBytes),
    },
  ];
  return (
    <RowGrid
      label={text('changes.tableFiles')}
      hint={text('changes.tableHint')}
      rows={rows}
      keyOf={({ path }) => path}
      columns={columns}
      sorted={{ id: sort.column, isDescending: sort.isDescending }}
      openKey={null}
      activeKey={rows.some(({ path }) => path === active) ? active : (rows[0]?.path ?? null)}
      onActive={setActive}
      onOpen={({ path }) => setActive(path)}
      isBusy={false}
      placeholder={
        <p className="p-3 text-ink-2">{text(filter === '' ? 'changes.noFiles' : 'changes.nothingMatches')}</p>
      }
      end={
        moreFiles === 0 ? undefined : (
          <p className="p-3 text-small text-ink-2">{text('changes.more', { count: moreFiles })}</p>
        )
      }
    />
  );
}

/** Where there is no room, its beginning is cut and not the name: the line runs the other way, the path in it does not. */
function Path({ path }: Pick<SandboxChange, 'path'>) {
  const shown = showControls(path);
  return (
    <span dir="rtl" className="truncate font-mono text-code" title={shown}>
      <bdi dir="ltr" data-selectable>
        {shown}
      </bdi>
    </span>
  );
}

interface ChangedPackagesProps {
  readonly packages: readonly PackageChange[];
  readonly filter: string;
}

const keyOfPackage = ({ kind, name }: PackageChange) => `${kind} ${name}`;

/** Changed packages: which version was there, and which is. */
export function ChangedPackages({ packages, filter }: ChangedPackagesProps) {
  const text = useText('sandboxes');
  const [active, setActive] = useState<string | null>(null);
  const rows = useMemo(() => packageRows(packages, filter), [packages, filter]);
  const columns: readonly GridColumn<PackageChange>[] = [
    {
      id: 'what',
      label: text('changes.columns.what'),
      width: '6.25rem',
      cell: (row) => <ChangeMark what={packageChange(row)} />,
    },
    {
      id: 'package',
      label: text('changes.columns.package'),
      width: 'minmax(6rem, 1fr)',
      cell: ({ name }) => (
        <bdi dir="ltr" data-selectable className="truncate" title={showControls(name)}>
          {showControls(name)}
        </bdi>
      ),
    },
    {
      id: 'versions',
      label: text('changes.columns.versions'),
      width: 'minmax(7rem, 1.2fr)',
      cell: (row) => <Versions row={row} />,
    },
    {
      id: 'from',
      label: text('changes.columns.from'),
      width: '4.5rem',
      fromRem: 26,
      cell: ({ kind }) => <span className="text-ink-3">{text(`changes.managers.${kind}`)}</span>,
    },
  ];
  return (
    <RowGrid
      label={text('changes.tablePackages')}
      hint={text('changes.tableHint')}
      rows={rows}
      keyOf={keyOfPackage}
      nameOf={({ name }) => name}
      columns={columns}
      openKey={null}
      activeKey={
        rows.some((row) => keyOfPackage(row) === active)
          ? active
          : rows[0] === undefined
            ? null
            : keyOfPackage(rows[0])
      }
      onActive={setActive}
      onOpen={(row) => setActive(keyOfPackage(row))}
      isBusy={false}
      placeholder={
        <p className="p-3 text-ink-2">
          {text(filter === '' ? 'changes.noPackages' : 'changes.nothingMatches')}
        </p>
      }
    />
  );
}

function Versions({ row: { before, after } }: { readonly row: PackageChange }) {
  const text = useText('sandboxes');
  const [was, is] = [showControls(before ?? ''), showControls(after ?? '')];
  const words =
    before === null
      ? text('changes.installed', { after: is })
      : after === null
        ? text('changes.was', { before: was })
        : text('changes.versions', { before: was, after: is });
  return (
    <bdi dir="ltr" data-selectable className="truncate font-mono text-code" title={words}>
      {words}
    </bdi>
  );
}
