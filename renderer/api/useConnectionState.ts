import { useSyncExternalStore } from 'react';
import { connection } from './client.ts';
import type { ConnectionState } from './connection.ts';

/** Whether core answers, for the frame's notices. */
export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.state);
}
