import { z } from 'zod';

/** One line without control characters: it is typed at a prompt. */
export const typedLine = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'control characters cannot be typed');

/** Used once, never stored, never shown. */
export const passphraseSchema = typedLine(1024).min(1);
