import { z } from 'zod';

/** An address of a keyserver that speaks HKP: `https://keys.openpgp.org`. */
export const keyserverSchema = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((text) => !new URL(text).username && !new URL(text).password, 'no name or password in an address');
