import { z } from 'zod';

/** The object of a SIF that holds what `inspect` tells. Source: SIFDescInspectMetadataJSON in apptainer's pkg/image. */
export const metadataName = 'inspect-metadata.json';

const label = 'org.label-schema.usage.singularity.deffile';

/** The label that is gone where a definition has no `From:`. */
export const metadataFromLabel = `${label}.from`;

const metadataSchema = z.object({
  data: z.object({ attributes: z.object({ labels: z.record(z.string(), z.string()).optional() }) }),
});

/**
 * What the last part's image says of itself → the same for the whole definition, written as the runtime writes it: what is not
 * changed stays where it is. Null for what is not that.
 */
export function correctedMetadata(
  json: string,
  definition: string,
  headers: Readonly<{ bootstrap: string; from: string | null }>,
): string | null {
  if (!metadataSchema.safeParse(jsonOrNull(json)).success) return null;
  const corrected = JSON.stringify(
    JSON.parse(json, (name, value: unknown) => {
      if (name === 'deffile') return definition.trim();
      if (name === `${label}.bootstrap`) return headers.bootstrap;
      // Undefined takes the label away.
      if (name === metadataFromLabel) return headers.from ?? undefined;
      return value;
    }),
  );
  return asRuntimeWrites(corrected);
}

/**
 * For those who correct it without a parser: names in it and their values, as JSON without the quotes. Null takes a name
 * away with its value.
 */
export function metadataValues(
  definition: string,
  headers: Readonly<{ bootstrap: string; from: string | null }>,
): Readonly<Record<string, string | null>> {
  return {
    deffile: jsonText(definition.trim()),
    [`${label}.bootstrap`]: jsonText(headers.bootstrap),
    [metadataFromLabel]: headers.from === null ? null : jsonText(headers.from),
  };
}

function jsonText(value: string): string {
  return asRuntimeWrites(JSON.stringify(value)).slice(1, -1);
}

function asRuntimeWrites(json: string): string {
  return json.replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told by the caller as what cannot be read
  }
}
