import type { TerminalId } from '#core/contract/ids.ts';

export type Side = 'left' | 'right';

/** Which terminals are shown: one, or two side by side. */
export interface Panes {
  readonly left: TerminalId | null;
  /** Null while there is no split. */
  readonly right: TerminalId | null;
  /** Where a terminal that is chosen next appears. */
  readonly focused: Side;
}

export const noPanes: Panes = { left: null, right: null, focused: 'left' };

/** Puts the active terminal where the focus is, unless it is shown already; forgets terminals that are gone. */
export function placePanes(before: Panes, activeId: TerminalId | null, open: readonly TerminalId[]): Panes {
  const kept = dropGone(before, open);
  if (activeId === null || !open.includes(activeId)) return kept;
  if (kept.left === activeId) return withFocus(kept, 'left');
  if (kept.right === activeId) return withFocus(kept, 'right');
  if (kept.right !== null && kept.focused === 'right') return { ...kept, right: activeId };
  return { ...kept, left: activeId, focused: 'left' };
}

/** Shows a second terminal at the right: the one that was opened last and is not shown. Null where there is none. */
export function splitPanes(before: Panes, open: readonly TerminalId[]): Panes | null {
  const other = open.findLast((id) => id !== before.left);
  return before.left === null || before.right !== null || other === undefined
    ? null
    : { left: before.left, right: other, focused: 'right' };
}

/** Only the terminal with the focus stays. */
export function unsplitPanes(before: Panes): Panes {
  return { left: before.focused === 'right' ? before.right : before.left, right: null, focused: 'left' };
}

/** The neighbour in the strip of tabs, around its ends. */
export function neighbour(
  activeId: TerminalId | null,
  open: readonly TerminalId[],
  step: 1 | -1,
): TerminalId | null {
  const at = activeId === null ? -1 : open.indexOf(activeId);
  return open.at((at + step) % open.length) ?? null;
}

function dropGone(panes: Panes, open: readonly TerminalId[]): Panes {
  const left = panes.left !== null && open.includes(panes.left) ? panes.left : null;
  const right = panes.right !== null && open.includes(panes.right) ? panes.right : null;
  if (left === panes.left && right === panes.right) return panes;
  if (left === null) return { left: right, right: null, focused: 'left' };
  return { left, right, focused: right === null ? 'left' : panes.focused };
}

function withFocus(panes: Panes, focused: Side): Panes {
  return panes.focused === focused ? panes : { ...panes, focused };
}
