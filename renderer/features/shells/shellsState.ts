import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { HostId, TerminalId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import type { TerminalLineState } from '#renderer/api/terminalChannel.ts';
import { reachHost } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { openTerminal, showTerminal, terminalsStore } from '#renderer/state/terminals.ts';
import { noPanes, type Panes, placePanes } from './panes.ts';

/** What asks the person something. */
export type ShellQuestion =
  | { readonly kind: 'rename'; readonly id: TerminalId }
  | { readonly kind: 'close'; readonly id: TerminalId }
  | { readonly kind: 'paste'; readonly id: TerminalId; readonly text: string; readonly lines: number }
  /** On which host a new shell shall run. */
  | { readonly kind: 'host' }
  | { readonly kind: 'link'; readonly address: string };

export interface ShellsState {
  readonly panes: Panes;
  /** Share of the left pane of a split, in percent. */
  readonly leftPercent: number;
  readonly question: ShellQuestion | null;
  /** The terminal that is searched. */
  readonly searchedId: TerminalId | null;
  readonly isScreenReaderMode: boolean;
  readonly lines: ReadonlyMap<TerminalId, TerminalLineState>;
}

/** How the terminals are laid out, and what is asked. */
export const shellsStore = createStore<ShellsState>()(
  persist(
    (): ShellsState => ({
      panes: noPanes,
      leftPercent: 50,
      question: null,
      searchedId: null,
      isScreenReaderMode: false,
      lines: new Map(),
    }),
    {
      name: 'mysingularity.shells',
      partialize: ({ panes, leftPercent, isScreenReaderMode }) => ({
        panes,
        leftPercent,
        isScreenReaderMode,
      }),
    },
  ),
);

terminalsStore.subscribe(({ terminals, activeId }) => {
  shellsStore.setState(({ panes, searchedId, question }) => {
    const open = terminals.map((terminal) => terminal.id);
    const isOpen = (id: TerminalId) => open.includes(id);
    return {
      panes: placePanes(panes, activeId, open),
      searchedId: searchedId !== null && isOpen(searchedId) ? searchedId : null,
      question: question !== null && 'id' in question && !isOpen(question.id) ? null : question,
    };
  });
});

/** Selects from the layout of the terminals. */
export function useShells<Value>(select: (state: ShellsState) => Value): Value {
  return useStore(shellsStore, select);
}

/** Asks the person something; null asks nothing any more. */
export function ask(question: ShellQuestion | null): void {
  shellsStore.setState({ question });
}

/** Remembers how a terminal's line stands. */
export function setLineState(id: TerminalId, state: TerminalLineState): void {
  shellsStore.setState(({ lines }) => ({ lines: new Map(lines).set(id, state) }));
}

/** Closes a terminal; asks first while its program runs. */
export function requestClose(id: TerminalId): void {
  const terminal = terminalsStore.getState().terminals.find((candidate) => candidate.id === id);
  if (terminal === undefined) return;
  if (terminal.ended === null) ask({ kind: 'close', id });
  else attempt(() => closeTerminal(id));
}

/** Closes a terminal without asking. */
export async function closeTerminal(id: TerminalId): Promise<void> {
  ask(null);
  await client.terminals.close({ id });
}

/** Opens a shell on a host, which is connected first where it is not. */
export async function openHostShell(hostId: HostId): Promise<void> {
  await reachHost(hostId);
  await openTerminal({ kind: 'hostShell', hostId, folder: null });
}

/** Starts the same thing again in the place of an ended terminal; its host is connected first where it is not. */
export async function restartTerminal(id: TerminalId): Promise<void> {
  const terminal = terminalsStore.getState().terminals.find((candidate) => candidate.id === id);
  // A task's terminal is started again with its task.
  if (terminal === undefined || terminal.subject.kind === 'task') return;
  await reachHost(terminal.hostId);
  const started = await openTerminal(terminal.subject);
  await client.terminals.close({ id });
  showTerminal(started.id);
}
