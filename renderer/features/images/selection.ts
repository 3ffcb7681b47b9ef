import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';

/** Which rows are chosen. `active` has the keyboard; a range grows from `anchor`. */
export interface Selection {
  readonly selected: ReadonlySet<HostPath>;
  readonly anchor: HostPath | null;
  readonly active: HostPath | null;
}

export const noSelection: Selection = { selected: new Set(), anchor: null, active: null };

export type Motion = 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last';
/** `only` chooses the new row, `extend` everything from the anchor to it, `keep` moves without choosing. */
export type MotionMode = 'only' | 'extend' | 'keep';

/** Chooses one row and nothing else. */
export function selectOnly(path: HostPath): Selection {
  return { selected: new Set([path]), anchor: path, active: path };
}

/** Adds a row or takes it away (Ctrl and click, Space). */
export function toggleRow(selection: Selection, path: HostPath): Selection {
  const selected = new Set(selection.selected);
  if (!selected.delete(path)) selected.add(path);
  return { selected, anchor: path, active: path };
}

/** Chooses everything between the anchor and a row (Shift). */
export function selectTo(selection: Selection, rows: readonly Image[], path: HostPath): Selection {
  const to = indexOf(rows, path);
  const from = indexOf(rows, selection.anchor);
  if (to < 0) return selection;
  if (from < 0) return selectOnly(path);
  const chosen = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { selected: new Set(chosen.map((row) => row.path)), anchor: selection.anchor, active: path };
}

/** Chooses every row in view. */
export function selectAll(selection: Selection, rows: readonly Image[]): Selection {
  return { ...selection, selected: new Set(rows.map((row) => row.path)) };
}

/** Moves with the keyboard; `pageRows` is how many rows a page holds. */
export function moveActive(
  selection: Selection,
  rows: readonly Image[],
  motion: Motion,
  options: { readonly mode: MotionMode; readonly pageRows: number },
): Selection {
  const target = rows[targetIndex(indexOf(rows, selection.active), rows.length, motion, options.pageRows)];
  if (target === undefined) return selection;
  switch (options.mode) {
    case 'only':
      return selectOnly(target.path);
    case 'extend':
      return selectTo(selection, rows, target.path);
    case 'keep':
      return { ...selection, active: target.path };
  }
}

/** The next row whose name begins with what is typed, from the active row on and around. */
export function findByPrefix(
  rows: readonly Image[],
  active: HostPath | null,
  typed: string,
): HostPath | null {
  const prefix = typed.toLocaleLowerCase();
  // One letter typed again walks on; more letters may stay where they are.
  const start = Math.max(0, indexOf(rows, active)) + (typed.length === 1 ? 1 : 0);
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(start + step) % rows.length];
    if (row?.name.toLocaleLowerCase().startsWith(prefix) === true) return row.path;
  }
  return null;
}

/** Drops what is no longer there, and gives the keyboard to the row that has taken the active one's place. */
export function keepExisting(
  selection: Selection,
  before: readonly Image[],
  rows: readonly Image[],
): Selection {
  if (selection.active === null && selection.selected.size === 0) return selection;
  const there = new Set(rows.map((row) => row.path));
  const isWhole =
    [...selection.selected].every((path) => there.has(path)) &&
    (selection.active === null || there.has(selection.active));
  if (isWhole) return selection;
  const selected = new Set([...selection.selected].filter((path) => there.has(path)));
  const active = survivor(selection.active, there, before);
  const anchor = selection.anchor !== null && there.has(selection.anchor) ? selection.anchor : active;
  return { selected, anchor, active };
}

function survivor(
  active: HostPath | null,
  there: ReadonlySet<HostPath>,
  before: readonly Image[],
): HostPath | null {
  if (active === null || there.has(active)) return active;
  const at = indexOf(before, active);
  if (at < 0) return null;
  const after = before.slice(at + 1).find((row) => there.has(row.path));
  return (after ?? before.slice(0, at).findLast((row) => there.has(row.path)))?.path ?? null;
}

function indexOf(rows: readonly Image[], path: HostPath | null): number {
  return path === null ? -1 : rows.findIndex((row) => row.path === path);
}

function targetIndex(from: number, count: number, motion: Motion, pageRows: number): number {
  const last = count - 1;
  if (from < 0) return motion === 'last' ? last : 0;
  switch (motion) {
    case 'up':
      return Math.max(0, from - 1);
    case 'down':
      return Math.min(last, from + 1);
    case 'pageUp':
      return Math.max(0, from - Math.max(1, pageRows));
    case 'pageDown':
      return Math.min(last, from + Math.max(1, pageRows));
    case 'first':
      return 0;
    case 'last':
      return last;
  }
}
