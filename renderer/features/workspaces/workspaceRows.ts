import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { isActive } from '#renderer/state/tasks.ts';

export const workspaceColumns = [
  'name',
  'size',
  'files',
  'software',
  'image',
  'form',
  'open',
  'modified',
] as const;
export type WorkspaceColumn = (typeof workspaceColumns)[number];
export interface WorkspaceSort {
  readonly column: WorkspaceColumn;
  readonly isDescending: boolean;
}

/** A line of the list: a workspace with the work that is done on it, or one that is still being made. */
export type WorkspaceRow =
  | {
      readonly kind: 'workspace';
      readonly key: string;
      readonly workspace: Workspace;
      readonly work: Task | null;
    }
  | { readonly kind: 'coming'; readonly key: string; readonly work: Task };

/** Whether a task is about this workspace: tasks are called by the id or, while it has none, the name. */
function isAbout(task: Task, { hostId, id, name }: Workspace): boolean {
  return (
    task.kind.startsWith('workspace.') && task.hostId === hostId && (task.title === id || task.title === name)
  );
}

/** The work that goes on on a workspace now, or null. */
export function workOn(tasks: readonly Task[], workspace: Workspace): Task | null {
  return tasks.find((task) => isActive(task) && isAbout(task, workspace)) ?? null;
}

/** How the files of a workspace lie. */
export type WorkspaceForm = 'plain' | 'packed' | 'unpacking' | 'unpacked';

export function formOf(tasks: readonly Task[], workspace: Workspace): WorkspaceForm {
  switch (workspace.below) {
    case null:
      return 'plain';
    case 'files':
      return 'unpacked';
    case 'packed':
      return tasks.some(
        (task) => task.kind === 'workspace.unpackBelow' && isActive(task) && isAbout(task, workspace),
      )
        ? 'unpacking'
        : 'packed';
  }
}

/** The last work on a workspace where it failed and nothing was begun since; tasks are newest first. */
export function failedWorkOn(tasks: readonly Task[], workspace: Workspace): Task | null {
  const last = tasks.find((task) => isAbout(task, workspace));
  return last?.status.state === 'failed' ? last : null;
}

/** The list's lines: what is being made first, then the workspaces that match the filter, in the wanted order. */
export function workspaceRows(
  { hostId, workspaces }: { readonly hostId: HostId; readonly workspaces: readonly Workspace[] },
  tasks: readonly Task[],
  { filter, sort }: { readonly filter: string; readonly sort: WorkspaceSort },
): readonly WorkspaceRow[] {
  const words = filter.trim().toLowerCase().split(/\s+/);
  const coming = tasks
    .filter(
      (task) =>
        (task.kind === 'workspace.create' || task.kind === 'workspace.adopt') &&
        task.hostId === hostId &&
        isActive(task) &&
        workspaces.every((workspace) => !isAbout(task, workspace)),
    )
    .map((work): WorkspaceRow => ({ kind: 'coming', key: work.id, work }));
  const shown = workspaces
    .filter((workspace) => words.every((word) => searchText(workspace).includes(word)))
    .toSorted((a, b) => compare(a, b, sort))
    .map(
      (workspace): WorkspaceRow => ({
        kind: 'workspace',
        key: workspace.id,
        workspace,
        work: workOn(tasks, workspace),
      }),
    );
  return [...coming, ...shown];
}

function searchText({ name, description, software, image }: Workspace): string {
  const found = software.map(({ kind, path }) => `${kind} ${path}`).join(' ');
  return `${name} ${description} ${found} ${image?.name ?? ''}`.toLowerCase();
}

const byText = new Intl.Collator(undefined, { numeric: true });

/** What is not known comes last, whichever way the list is turned; equal ones are in the order of their names. */
function compare(a: Workspace, b: Workspace, { column, isDescending }: WorkspaceSort): number {
  const [left, right] = [sortValue(a, column), sortValue(b, column)];
  if (left === null || right === null) {
    return left === right ? byText.compare(a.name, b.name) : left === null ? 1 : -1;
  }
  const order =
    typeof left === 'number' && typeof right === 'number'
      ? left - right
      : byText.compare(String(left), String(right));
  return order === 0 ? byText.compare(a.name, b.name) : isDescending ? -order : order;
}

function sortValue(workspace: Workspace, column: WorkspaceColumn): number | string | null {
  switch (column) {
    case 'name':
      return workspace.name;
    case 'size':
      return workspace.size?.bytes ?? null;
    case 'files':
      return workspace.size?.files ?? null;
    case 'software':
      return workspace.software.length === 0 ? null : workspace.software.map(({ kind }) => kind).join(' ');
    case 'image':
      return workspace.image?.name ?? null;
    case 'form':
      return workspace.below === 'packed' ? 2 : workspace.below === 'files' ? 1 : 0;
    case 'open':
      return openWriters(workspace).length;
    case 'modified':
      return workspace.modifiedAt;
  }
}

/** Who has it open, or may have: those whose process is not known to be gone. */
export function openWriters({ writers }: Workspace): Workspace['writers'] {
  return writers.filter(({ isAlive }) => isAlive !== false);
}
