import type { Image } from '#core/contract/images.ts';
import { type ImageKey, imageKey, indexOfKey } from './imageKey.ts';

/** Which rows are chosen. `active` has the keyboard; a range grows from `anchor`. */
export interface Selection {
  readonly selected: ReadonlySet<ImageKey>;
  readonly anchor: ImageKey | null;
  readonly active: ImageKey | null;
}

export const noSelection: Selection = { selected: new Set(), anchor: null, active: null };

export type Motion = 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last';
/** `only` chooses the new row, `extend` everything from the anchor to it, `keep` moves without choosing. */
export type MotionMode = 'only' | 'extend' | 'keep';

/** Chooses one row and nothing else. */
export function selectOnly(key: ImageKey): Selection {
  return { selected: new Set([key]), anchor: key, active: key };
}

/** Adds a row or takes it away (Ctrl and click, Space). */
export function toggleRow(selection: Selection, key: ImageKey): Selection {
  const selected = new Set(selection.selected);
  if (!selected.delete(key)) selected.add(key);
  return { selected, anchor: key, active: key };
}

/** Chooses everything between the anchor and a row (Shift). */
export function selectTo(selection: Selection, rows: readonly Image[], key: ImageKey): Selection {
  const to = indexOfKey(rows, key);
  const from = indexOfKey(rows, selection.anchor);
  if (to < 0) return selection;
  if (from < 0) return selectOnly(key);
  const chosen = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { selected: new Set(chosen.map(imageKey)), anchor: selection.anchor, active: key };
}

/** Chooses every row in view. */
export function selectAll(selection: Selection, rows: readonly Image[]): Selection {
  return { ...selection, selected: new Set(rows.map(imageKey)) };
}

/** Moves with the keyboard; `pageRows` is how many rows a page holds. */
export function moveActive(
  selection: Selection,
  rows: readonly Image[],
  motion: Motion,
  options: { readonly mode: MotionMode; readonly pageRows: number },
): Selection {
  const target = rows[targetIndex(indexOfKey(rows, selection.active), rows.length, motion, options.pageRows)];
  if (target === undefined) return selection;
  switch (options.mode) {
    case 'only':
      return selectOnly(imageKey(target));
    case 'extend':
      return selectTo(selection, rows, imageKey(target));
    case 'keep':
      return { ...selection, active: imageKey(target) };
  }
}

/** The next row whose name begins with what is typed, from the active row on and around. */
export function findByPrefix(
  rows: readonly Image[],
  active: ImageKey | null,
  typed: string,
): ImageKey | null {
  const prefix = typed.toLocaleLowerCase();
  // One letter typed again walks on; more letters may stay where they are.
  const start = Math.max(0, indexOfKey(rows, active)) + (typed.length === 1 ? 1 : 0);
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(start + step) % rows.length];
    if (row?.name.toLocaleLowerCase().startsWith(prefix) === true) return imageKey(row);
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
  const there = new Set(rows.map(imageKey));
  const isWhole =
    [...selection.selected].every((key) => there.has(key)) &&
    (selection.active === null || there.has(selection.active));
  if (isWhole) return selection;
  const selected = new Set([...selection.selected].filter((key) => there.has(key)));
  const active = survivor(selection.active, there, before);
  const anchor = selection.anchor !== null && there.has(selection.anchor) ? selection.anchor : active;
  return { selected, anchor, active };
}

function survivor(
  active: ImageKey | null,
  there: ReadonlySet<ImageKey>,
  before: readonly Image[],
): ImageKey | null {
  if (active === null || there.has(active)) return active;
  const at = indexOfKey(before, active);
  if (at < 0) return null;
  const after = before.slice(at + 1).find((row) => there.has(imageKey(row)));
  const next = after ?? before.slice(0, at).findLast((row) => there.has(imageKey(row)));
  return next === undefined ? null : imageKey(next);
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
