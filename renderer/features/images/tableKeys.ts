import type { Image } from '#core/contract/images.ts';
import {
  findByPrefix,
  type Motion,
  type MotionMode,
  moveActive,
  type Selection,
  selectAll,
  selectOnly,
  selectTo,
  toggleRow,
} from './selection.ts';

export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export interface TableKeys {
  readonly rows: readonly Image[];
  readonly selection: Selection;
  readonly pageRows: number;
  /** What was typed within the last second, for type-ahead. */
  readonly typed: string;
}

export type KeyAnswer =
  | { readonly kind: 'select'; readonly selection: Selection; readonly typed: string }
  | { readonly kind: 'open' }
  /** Not a key of the table. */
  | { readonly kind: 'none' };

const motions: Readonly<Record<string, Motion>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'first',
  End: 'last',
};
const none: KeyAnswer = { kind: 'none' };

/** What a key does in the table: walk, choose, open, or find by the first letters. */
export function answerKey(stroke: KeyStroke, table: TableKeys): KeyAnswer {
  const isMod = stroke.ctrlKey || stroke.metaKey;
  if (stroke.altKey) return none;
  const motion = motions[stroke.key];
  if (motion !== undefined) {
    const mode: MotionMode = stroke.shiftKey ? 'extend' : isMod ? 'keep' : 'only';
    return chosen(moveActive(table.selection, table.rows, motion, { mode, pageRows: table.pageRows }));
  }
  const { active } = table.selection;
  if (stroke.key === 'Enter' && !isMod) return active === null ? none : { kind: 'open' };
  if (stroke.key === 'Escape') {
    if (table.selection.selected.size === 0) return none;
    return chosen({ ...table.selection, selected: new Set() });
  }
  if (isMod) return stroke.key.toLowerCase() === 'a' ? chosen(selectAll(table.selection, table.rows)) : none;
  if (stroke.key === ' ' && table.typed === '') {
    if (active === null) return none;
    if (stroke.shiftKey) return chosen(selectTo(table.selection, table.rows, active));
    return chosen(toggleRow(table.selection, active));
  }
  return stroke.key.length === 1 ? typeAhead(stroke.key, table) : none;
}

function chosen(selection: Selection): KeyAnswer {
  return { kind: 'select', selection, typed: '' };
}

function typeAhead(key: string, table: TableKeys): KeyAnswer {
  // The same letter again means the next such name, as in file managers.
  const isRepeat = table.typed !== '' && [...table.typed].every((letter) => letter === key);
  const typed = isRepeat ? key : table.typed + key;
  const found = findByPrefix(table.rows, table.selection.active, typed);
  return {
    kind: 'select',
    selection: found === null ? table.selection : selectOnly(found),
    typed: isRepeat ? table.typed + key : typed,
  };
}
