import { useSyncExternalStore } from 'react';
import { type ConnectionState, createConnection } from './connection.ts';
import { openLine } from './firstLine.ts';

/** The page's one connection to core. */
export const connection = createConnection(openLine);

/** Every call of the contract. Failures: see `failureReport`. */
export const client = connection.client;

/** Whether core answers, for the frame's notices. */
export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.state);
}
