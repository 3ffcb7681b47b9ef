import { useQueries } from '@tanstack/react-query';
import type { Host } from '#core/contract/hosts.ts';
import type { Image } from '#core/contract/images.ts';
import type { ImageVerdict } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { imageKey } from './imageKey.ts';

/** What verifying found before, by the images' keys. */
export type ImageVerdicts = ReadonlyMap<string, ImageVerdict>;

export const noVerdicts: ImageVerdicts = new Map();

/** What is known of the images of these hosts without any work; anew after each verification. */
export function useImageVerdicts(hosts: readonly Host[]): ImageVerdicts {
  return useQueries({
    queries: hosts.map(({ id: hostId }) => ({
      ...contractQuery({
        path: 'trust.verdicts',
        hostId,
        call: (signal) => client.trust.verdicts({ hostId }, { signal }),
      }),
      // Kept by core itself: a host that is away need not be asked.
      staleTime: 0,
    })),
    combine: mergeAnswers,
  });
}

interface Answer {
  readonly data?: { readonly verdicts: readonly ImageVerdict[] } | undefined;
}

// One function for all renders, so that equal answers give the same map.
function mergeAnswers(answers: readonly Answer[]): ImageVerdicts {
  const known = answers.flatMap(({ data }) =>
    (data?.verdicts ?? []).map((verdict) => [imageKey(verdict), verdict] as const),
  );
  return known.length === 0 ? noVerdicts : new Map(known);
}

/** What counts of an image as it is now: null where nobody has verified it since it last changed. */
export function verdictOf(verdicts: ImageVerdicts, image: Image): ImageVerdict | null {
  if (verdicts.size === 0) return null;
  const found = verdicts.get(imageKey(image));
  const isSame = found?.modifiedAt === image.modifiedAt && found.sizeBytes === image.sizeBytes;
  return found !== undefined && isSame && found.verdict !== 'unsigned' ? found : null;
}
