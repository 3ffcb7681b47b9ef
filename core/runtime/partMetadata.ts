import { z } from 'zod';

/** The object of a SIF that holds what `inspect` tells. Source: SIFDescInspectMetadataJSON in apptainer's pkg/image. */
export const metadataName = 'inspect-metadata.json';

const label = 'org.label-schema.usage.singularity.deffile';

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
      if (name === `${label}.from`) return headers.from ?? undefined;
      return value;
    }),
  );
  return corrected.replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told by the caller as what cannot be read
  }
}
