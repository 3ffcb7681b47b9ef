import { CircleQuestionMark, House, SquareTerminal } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Task } from '#core/contract/tasks.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { taskName, useTasks } from '#renderer/state/tasks.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ContextMenu } from '#renderer/ui/Menu.tsx';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { RowWork } from './RowWork.tsx';
import { RowSetUp } from './SetUpStates.tsx';
import { useSetUps } from './setUps.ts';
import { workspaceMenu } from './workspaceCommands.ts';
import {
  formOf,
  openWriters,
  type WorkspaceColumn,
  type WorkspaceRow,
  type WorkspaceSort,
  workspaceColumns,
} from './workspaceRows.ts';
import { imageNameOf, softwareWords } from './workspaceWords.ts';

export interface WorkspaceTableProps {
  readonly host: Host;
  readonly rows: readonly WorkspaceRow[];
  readonly sort: WorkspaceSort;
  readonly onSort: (column: WorkspaceColumn) => void;
  readonly chosenId: string | null;
  readonly onChoose: (id: string) => void;
  /** Enter. */
  readonly onOpen: () => void;
  readonly isBusy: boolean;
}

const keyOf = ({ key }: WorkspaceRow) => key;
const nameOf = (row: WorkspaceRow) => (row.kind === 'workspace' ? row.workspace.name : taskName(row.work));

/** Widths as CSS grid tracks, and from which width of the table on a column has room, in rem. */
const looks: Readonly<
  Record<WorkspaceColumn, { readonly width: string; readonly fromRem?: number; readonly isEnd?: true }>
> = {
  name: { width: 'minmax(9rem, 2fr)' },
  size: { width: '4.75rem', isEnd: true },
  files: { width: '5rem', isEnd: true, fromRem: 44 },
  software: { width: 'minmax(7rem, 1.5fr)', fromRem: 32 },
  image: { width: 'minmax(7rem, 1.3fr)', fromRem: 52 },
  form: { width: '5.25rem', fromRem: 58 },
  open: { width: '8.25rem', fromRem: 25 },
  modified: { width: '7.75rem' },
};

/** The workspaces as rows; the keyboard's row is the one whose detail is shown. */
export function WorkspaceTable({
  host,
  rows,
  sort,
  onSort,
  chosenId,
  onChoose,
  onOpen,
  isBusy,
}: WorkspaceTableProps) {
  const text = useText('workspaces');
  const now = useNow(60_000);
  const columns = workspaceColumns.map((id): GridColumn<WorkspaceRow> => {
    return {
      id,
      label: text(`columns.${id}`),
      ...looks[id],
      sort: { onSort: () => onSort(id), problem: null },
      cell: (row) =>
        row.kind === 'coming' ? (
          <ComingCell row={row} column={id} />
        ) : id === 'name' ? (
          <NameCell row={row} />
        ) : (
          <Cell workspace={row.workspace} work={row.work} column={id} now={now} />
        ),
    };
  });
  return (
    <ContextMenu entries={chosenId === null ? [] : commandEntries(workspaceMenu)}>
      <div className="h-full">
        <RowGrid
          label={text('table', { host: host.label })}
          hint={text('tableHint')}
          rows={rows}
          keyOf={keyOf}
          nameOf={nameOf}
          columns={columns}
          sorted={{ id: sort.column, isDescending: sort.isDescending }}
          openKey={chosenId}
          activeKey={chosenId}
          onActive={onChoose}
          onOpen={(_, by) => (by === 'key' ? onOpen() : undefined)}
          isBusy={isBusy}
          placeholder={<p className="p-3 text-ink-2">{text('nothing')}</p>}
        />
      </div>
    </ContextMenu>
  );
}

function ComingCell({
  row,
  column,
}: {
  readonly row: Extract<WorkspaceRow, { readonly kind: 'coming' }>;
  readonly column: WorkspaceColumn;
}) {
  const text = useText('workspaces');
  if (column === 'modified') return <RowWork task={row.work} name={taskName(row.work)} />;
  if (column !== 'name') return null;
  return (
    <>
      <House aria-hidden className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
      <bdi dir="ltr" className="min-w-0 truncate text-ink-2" title={showControls(row.work.title)}>
        {showControls(taskName(row.work))}
      </bdi>
      <span className="sr-only">{text('coming')}</span>
    </>
  );
}

function NameCell({ row }: { readonly row: Extract<WorkspaceRow, { readonly kind: 'workspace' }> }) {
  const { workspace } = row;
  return (
    <bdi
      dir="ltr"
      className="min-w-0 truncate font-semibold"
      title={
        workspace.description === ''
          ? workspace.name
          : `${workspace.name}: ${showControls(workspace.description)}`
      }
    >
      {workspace.name}
    </bdi>
  );
}

function Cell({
  workspace,
  work,
  column,
  now,
}: {
  readonly workspace: Workspace;
  readonly work: Task | null;
  readonly column: Exclude<WorkspaceColumn, 'name'>;
  readonly now: number;
}) {
  const text = useText('workspaces');
  const { size, modifiedAt } = workspace;
  const setUp = useSetUps(workspace).at(-1) ?? null;
  const form = useTasks((state) => formOf(state.tasks, workspace));
  switch (column) {
    case 'size':
      return size === null ? <Unknown>{text('notMeasured')}</Unknown> : formatBytes(size.bytes);
    case 'files':
      return size === null ? null : size.files.toLocaleString();
    case 'software': {
      const words = softwareWords(workspace);
      return (
        <span className="truncate text-ink-2" title={words}>
          {words}
        </span>
      );
    }
    case 'image': {
      const name = imageNameOf(workspace);
      return name === null ? null : (
        <bdi dir="ltr" className="truncate text-ink-2" title={showControls(workspace.image?.name ?? '')}>
          {name}
        </bdi>
      );
    }
    case 'form':
      return <span className="text-ink-2">{text(`forms.${form}`)}</span>;
    case 'open':
      return <OpenCell workspace={workspace} />;
    case 'modified':
      // While something is done with it, that is what matters.
      if (work !== null) return <RowWork task={work} name={workspace.name} />;
      if (setUp !== null) return <RowSetUp setUp={setUp} />;
      return modifiedAt === null ? null : (
        <span className="truncate tabular-nums" title={wholeTimeText(modifiedAt)}>
          {clockText(modifiedAt, now)}
        </span>
      );
  }
}

function Unknown({ children }: { readonly children: string }) {
  return (
    <span className="truncate text-small text-ink-3" title={children}>
      <span aria-hidden>–</span>
      <span className="sr-only">{children}</span>
    </span>
  );
}

function OpenCell({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const writers = openWriters(workspace);
  const isSure = writers.some(({ isAlive }) => isAlive === true);
  if (writers.length === 0) return null;
  return isSure ? (
    <Badge tone="accent" icon={SquareTerminal}>
      {text('open', { count: writers.length })}
    </Badge>
  ) : (
    <Badge icon={CircleQuestionMark}>{text('mayBeOpen')}</Badge>
  );
}
