import type { Host } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { isReachable } from '#renderer/state/hosts.ts';

/** What a row says of the host that its image is on. */
export interface RowHost {
  readonly label: string;
  readonly colour: number;
  /** OCI name of its processor; null while it is unknown. */
  readonly architecture: string | null;
  /** The host cannot be asked now: the row is as it was. */
  readonly isOld: boolean;
}

export type RowHosts = ReadonlyMap<HostId, RowHost>;

/** For an image whose host is not listed any more. */
export const noRowHost: RowHost = { label: '', colour: 0, architecture: null, isOld: true };

/** What rows say of these hosts. */
export function rowHosts(hosts: readonly Host[]): RowHosts {
  return new Map(
    hosts.map((host) => [
      host.id,
      {
        label: host.label,
        colour: host.colour,
        architecture: host.facts?.architecture ?? null,
        isOld: !isReachable(host),
      },
    ]),
  );
}
