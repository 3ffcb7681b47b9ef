import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { TerminalId } from '#core/contract/ids.ts';
import type { Terminal, TerminalSubject } from '#core/contract/terminals.ts';
import { client } from '#renderer/api/client.ts';
import type { Following } from '#renderer/api/follow.ts';
import { showDock } from './layout.ts';

/**
 * The dock's terminals. The panel that shows them fills the whole dock and draws its own strip of tabs as the dock's
 * bar: `h-7.5`, `bg-rail`, its last `var(--dock-controls)` at the right kept free for the dock's own tabs.
 */
export interface TerminalsState {
  /** False until core has told its terminals. */
  readonly isLoaded: boolean;
  /** Oldest first. */
  readonly terminals: readonly Terminal[];
  readonly activeId: TerminalId | null;
  /** Grows by one each time the active terminal should take the focus. */
  readonly focusRequest: number;
}

/** The mirror of core's terminals, and which of them is shown. */
export const terminalsStore = createStore<TerminalsState>()(() => ({
  isLoaded: false,
  terminals: [],
  activeId: null,
  focusRequest: 0,
}));

/** Follows core's terminals. */
export const terminalsFollowing: Following<{ readonly terminals: readonly Terminal[] }> = {
  open: (signal) => client.terminals.watch(undefined, { signal }),
  onEvent({ terminals }) {
    const { isLoaded, terminals: known } = terminalsStore.getState();
    terminalsStore.setState((state) => ({
      isLoaded: true,
      terminals: [...terminals].sort((a, b) => a.startedAt - b.startedAt),
      activeId: stillThere(terminals, state.activeId),
    }));
    const isNew = ({ id }: Terminal) => isLoaded && known.every((other) => other.id !== id);
    // A task opens one because it asks the person something there.
    const asking = terminals.find((terminal) => terminal.subject.kind === 'task' && isNew(terminal));
    if (asking !== undefined) showTerminal(asking.id);
  },
};

function stillThere(terminals: readonly Terminal[], activeId: TerminalId | null): TerminalId | null {
  if (terminals.some((terminal) => terminal.id === activeId)) return activeId;
  return terminals.at(-1)?.id ?? null;
}

/** The panel tells its true size as soon as it shows the terminal. */
const firstSize = { columns: 100, rows: 24 };

/**
 * Starts a terminal in core, opens the dock at it and gives it the focus; `passphrase` opens an encrypted image. Rejects
 * as `terminals.open` does.
 */
export async function openTerminal(subject: TerminalSubject, passphrase?: string): Promise<Terminal> {
  const terminal = await client.terminals.open({ subject, size: firstSize, passphrase });
  terminalsStore.setState((state) => ({
    terminals: state.terminals.some((known) => known.id === terminal.id)
      ? state.terminals
      : [...state.terminals, terminal],
  }));
  showTerminal(terminal.id);
  return terminal;
}

/** Opens the dock at a terminal and gives it the focus. */
export function showTerminal(id: TerminalId): void {
  showDock('terminals');
  terminalsStore.setState((state) => ({ activeId: id, focusRequest: state.focusRequest + 1 }));
}

/** Selects from the terminals. */
export function useTerminals<Value>(select: (state: TerminalsState) => Value): Value {
  return useStore(terminalsStore, select);
}
