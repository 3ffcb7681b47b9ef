import { z } from 'zod';

const descriptionLimit = 500;
/** 1990 to 2100: what lies outside is a mistake, and would only spoil an order by time. */
const earliestMs = Date.UTC(1990, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);

/** A text that may be missing or of another type, which is as good as missing. Cut to what fits a row of a list. */
export const textSchema = z
  .string()
  .nullish()
  .catch(null)
  .transform((text) => (text === undefined || text === null || text === '' ? null : cut(text)));

/** A name, an identifier or a time as text; empty where it is missing. It is judged where it is used. */
export const nameSchema = z
  .string()
  .max(1024)
  .nullish()
  .catch(null)
  .transform((text) => text ?? '');

/** A count or a number of bytes; null where it is missing or cannot be one. */
export const countSchema = z
  .unknown()
  .optional()
  .transform((value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null,
  );

/** A date as ISO 8601 or RFC 2822 text, or as seconds since 1970 → milliseconds since 1970; null where it is missing or nonsense. */
export const timeSchema = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms =
      typeof value === 'number'
        ? value * 1000
        : typeof value === 'string'
          ? Date.parse(value.slice(0, 64))
          : NaN;
    return ms >= earliestMs && ms < latestMs ? Math.round(ms) : null;
  });

/** Entries of a list that are of the documented shape; the others are left out. */
export function entriesOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .array(z.unknown())
    .nullish()
    .transform((values) =>
      (values ?? []).flatMap((value): z.infer<Schema>[] => {
        const parsed = schema.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

/** OCI name of an architecture, as lists show it: `arm64` for `arm64/v8`; null for what is none. */
export function architectureName(architecture: string, variant: string | null): string | null {
  if (!/^[a-z0-9_]{1,32}$/.test(architecture) || architecture === 'unknown') return null;
  const isPlain = variant === null || variant === '' || (architecture === 'arm64' && variant === 'v8');
  return isPlain || !/^[a-z0-9.]{1,16}$/.test(variant) ? architecture : `${architecture}/${variant}`;
}

function cut(text: string): string {
  return text.length <= descriptionLimit ? text : `${text.slice(0, descriptionLimit - 1)}…`;
}
