import { useQuery } from '@tanstack/react-query';
import type { Image } from '#core/contract/images.ts';
import type { Encryption } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';

/** How an encrypted image is encrypted, and what opens it; null for any other, while it is read, and where it cannot be. */
export function useEncryption(image: Image, canAsk: boolean): Encryption | null {
  const { hostId, path, modifiedAt } = image;
  const { data } = useQuery({
    ...contractQuery({
      path: 'trust.encryptionOf',
      hostId,
      input: { path, modifiedAt },
      call: (signal) => client.trust.encryptionOf({ hostId, path }, { signal }),
    }),
    enabled: canAsk && image.isEncrypted,
  });
  return data === undefined || data.kind === 'none' ? null : data;
}
