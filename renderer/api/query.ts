import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { HostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { connection } from './client.ts';

/** Address of a procedure in the contract: `hosts.doctor`. */
export type ContractPath = {
  [Noun in keyof Client & string]: `${Noun}.${keyof Client[Noun] & string}`;
}[keyof Client & string];

/** Answers of core that the page keeps. A failure is shown at once: core knows when trying again helps. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

connection.subscribe(() => {
  if (connection.state() === 'connected') void queryClient.invalidateQueries();
});

/** Key of an answer: path, host (null where no host is concerned), input. Shorter keys match all below them. */
export function contractKey(path: ContractPath, hostId: HostId | null, input: unknown = null) {
  return [path, hostId, input] as const;
}

export interface ContractQuery<Answer> {
  readonly path: ContractPath;
  readonly hostId: HostId | null;
  /** Tells apart answers of one procedure. */
  readonly input?: unknown;
  readonly call: (signal: AbortSignal) => Promise<Answer>;
}

/** For `useQuery`: keyed by contract path, host and input. */
export function contractQuery<Answer>(query: ContractQuery<Answer>) {
  return queryOptions({
    queryKey: contractKey(query.path, query.hostId, query.input),
    queryFn: ({ signal }) => query.call(signal),
  });
}
