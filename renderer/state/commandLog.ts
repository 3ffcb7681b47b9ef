import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CommandLogEvent, CommandRecord } from '#core/contract/commandLog.ts';
import { client } from '#renderer/api/client.ts';
import type { Following } from '#renderer/api/follow.ts';

export interface CommandLogState {
  readonly isLoaded: boolean;
  /** Newest first. */
  readonly records: readonly CommandRecord[];
}

/** The mirror of core's command log. */
export const commandLogStore = createStore<CommandLogState>()(() => ({ isLoaded: false, records: [] }));

/** One event into the mirror. */
export function applyCommandLogEvent(state: CommandLogState, event: CommandLogEvent): CommandLogState {
  if (event.type === 'snapshot') {
    return { isLoaded: true, records: [...event.records].sort((a, b) => b.startedAt - a.startedAt) };
  }
  const isKnown = state.records.some((record) => record.id === event.record.id);
  const records = isKnown
    ? state.records.map((record) => (record.id === event.record.id ? event.record : record))
    : [event.record, ...state.records];
  return { ...state, records };
}

/** Follows core's command log. */
export const commandLogFollowing: Following<CommandLogEvent> = {
  open: (signal) => client.commandLog.watch(undefined, { signal }),
  onEvent: (event) => commandLogStore.setState((state) => applyCommandLogEvent(state, event)),
};

/** Selects from the command log. */
export function useCommandLog<Value>(select: (state: CommandLogState) => Value): Value {
  return useStore(commandLogStore, select);
}
