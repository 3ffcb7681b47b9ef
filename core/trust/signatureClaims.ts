import { z } from 'zod';
import { openpgp } from './openpgp.ts';

/** What a signature object says of itself. Nothing of it is proved: that is the runtime's part. */
export interface SignatureClaims {
  readonly kind: 'pgp' | 'pem' | 'legacy';
  /** Upper-case hex; null where only a short name is in it, and for PEM. */
  readonly fingerprint: string | null;
  /** Numbers of the objects, counted from the first of their group; null for a legacy signature and for nonsense. */
  readonly relativeIds: readonly number[] | null;
}

/** Digests of the most objects that a SIF may have fill about half of it. */
export const longestSignature = 2 * 1024 * 1024;

const payloadSchema = z.object({
  objects: z.array(z.object({ relativeId: z.number().int().nonnegative() })).max(4096),
});
const envelopeSchema = z.object({ payload: z.string() });

/**
 * Bytes of a signature object → what it claims. Clear-signed OpenPGP or a DSSE envelope over JSON
 * `{version, header, objects: [{relativeId, …}]}`; before Singularity 3.6 clear-signed `SIFHASH:` with one digest.
 * Source: sif pkg/integrity/metadata.go, clearsign.go, dsse.go; the legacy form from documentation, not run.
 */
export async function signatureClaims(bytes: Uint8Array): Promise<SignatureClaims> {
  const text = new TextDecoder().decode(bytes);
  const envelope = envelopeSchema.safeParse(json(text));
  if (envelope.success) {
    const payload = Buffer.from(envelope.data.payload, 'base64').toString('utf8');
    return { kind: 'pem', fingerprint: null, relativeIds: relativeIdsOf(payload) };
  }
  const isLegacy = /^SIFHASH:/m.test(text);
  const body = /^\{.*\}\s*$/m.exec(text)?.[0] ?? '';
  return {
    kind: isLegacy ? 'legacy' : 'pgp',
    fingerprint: await issuer(text),
    relativeIds: isLegacy ? null : relativeIdsOf(body),
  };
}

function relativeIdsOf(text: string): readonly number[] | null {
  const payload = payloadSchema.safeParse(json(text));
  return payload.success ? payload.data.objects.map(({ relativeId }) => relativeId) : null;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: another kind of signature, or nonsense
  }
}

async function issuer(text: string): Promise<string | null> {
  try {
    const { readCleartextMessage } = await openpgp();
    const { signature } = await readCleartextMessage({ cleartextMessage: text });
    const fingerprint = signature.packets[0]?.issuerFingerprint ?? null;
    return fingerprint === null ? null : Buffer.from(fingerprint).toString('hex').toUpperCase();
  } catch {
    return null; // damaged: the runtime says so
  }
}
