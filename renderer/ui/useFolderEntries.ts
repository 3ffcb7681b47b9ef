import { useQuery } from '@tanstack/react-query';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import type { FolderEntry } from './pathCompletion.ts';
import { typedPath } from './typedPath.ts';

export interface FolderListing {
  /** Null until it is read, and where it cannot be read. */
  readonly entries: readonly FolderEntry[] | null;
  readonly isCut: boolean;
  /** Why it cannot be read. */
  readonly failure: string | null;
}

/** Names in a folder of a host; null reads nothing. */
export function useFolderEntries(hostId: HostId, folder: string | null): FolderListing {
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'hosts.browse',
      hostId,
      input: folder,
      call: (signal) => client.hosts.browse({ hostId, folder: typedPath(folder ?? '/') }, { signal }),
    }),
    enabled: folder !== null,
  });
  if (error !== null) return { entries: null, isCut: false, failure: failureReport(error).title };
  return { entries: data?.entries ?? null, isCut: data?.isCut === true, failure: null };
}
