import type { HostId } from '#core/contract/ids.ts';
import type { EmbedOverlayInput } from '#core/contract/overlays.ts';
import { client } from '#renderer/api/client.ts';
import { contractKey, contractQuery, queryClient } from '#renderer/api/query.ts';

/** The overlays of a host; asked again whenever the page is shown, and now and then for who has them open. */
export function overlaysQuery(hostId: HostId) {
  return {
    ...contractQuery({
      path: 'overlays.list',
      hostId,
      call: (signal) => client.overlays.list({ hostId }, { signal }),
    }),
    refetchOnMount: 'always' as const,
    refetchInterval: 20_000,
  };
}

/** What embedding would come to; nothing is asked while no image is named. */
export function planEmbedQuery(input: EmbedOverlayInput | null, hostId: HostId) {
  return {
    ...contractQuery({
      path: 'overlays.planEmbed',
      hostId,
      input: JSON.stringify(input),
      call: (signal) =>
        input === null
          ? Promise.reject(new Error('nothing to plan'))
          : client.overlays.planEmbed(input, { signal }),
    }),
    enabled: input !== null,
    staleTime: 0,
  };
}

/** What is known of the overlays of a host is asked again. */
export async function refreshOverlays(hostId: HostId): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: contractKey('overlays.list', hostId).slice(0, 2) });
}
