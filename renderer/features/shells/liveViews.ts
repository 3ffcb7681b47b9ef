import type { TerminalId } from '#core/contract/ids.ts';
import { terminalsStore } from '#renderer/state/terminals.ts';
import type { TerminalView } from './terminalView.ts';

/** The terminals that are open on this page, for commands that work on one. */
const views = new Map<TerminalId, TerminalView>();

/** Makes a view known while it lives; returns how to forget it. */
export function keepView(id: TerminalId, view: TerminalView): () => void {
  views.set(id, view);
  return () => {
    if (views.get(id) === view) views.delete(id);
  };
}

/** The view of a terminal, or null while there is none. */
export function viewOf(id: TerminalId): TerminalView | null {
  return views.get(id) ?? null;
}

/** The view of the active terminal. */
export function activeView(): TerminalView | null {
  const { activeId } = terminalsStore.getState();
  return activeId === null ? null : viewOf(activeId);
}
