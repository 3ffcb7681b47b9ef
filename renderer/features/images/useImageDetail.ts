import { useQuery } from '@tanstack/react-query';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Image, ImageDetail } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useDelayed } from '#renderer/api/useDelayed.ts';

/** Walking through the list with a held key asks for the detail only where it stops. */
const settleMs = 90;

export interface ImageDetailState {
  /** Null until it is read, and when it cannot be read. */
  readonly detail: ImageDetail | null;
  readonly failure: ErrorReport | null;
}

/** Everything that the bytes of an image tell; read again when the file changed. Not asked for while its host is away. */
export function useImageDetail(image: Image, isAway: boolean): ImageDetailState {
  const wanted = useDelayed(image, settleMs);
  const { hostId, path, modifiedAt, sizeBytes } = wanted;
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'images.detail',
      hostId,
      input: { path, modifiedAt, sizeBytes },
      call: (signal) => client.images.detail({ hostId, path }, { signal }),
    }),
    enabled: !isAway,
  });
  if (wanted.path !== image.path || hostId !== image.hostId) return { detail: null, failure: null };
  return { detail: data ?? null, failure: error === null || isAway ? null : failureReport(error) };
}
