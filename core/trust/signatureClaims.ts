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
  const message = await clearSigned(text);
  if (message === null) return { kind: 'pgp', fingerprint: null, relativeIds: null };
  const isLegacy = message.text.startsWith('SIFHASH:');
  return {
    kind: isLegacy ? 'legacy' : 'pgp',
    fingerprint: message.fingerprint,
    relativeIds: isLegacy ? null : relativeIdsOf(message.text),
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

/** The signed text alone: what stands around it is anybody's. Null for what is no clear-signed message. */
async function clearSigned(
  text: string,
): Promise<{ readonly text: string; readonly fingerprint: string | null } | null> {
  if (!text.startsWith('-----BEGIN PGP SIGNED MESSAGE-----')) return null;
  try {
    const { readCleartextMessage, readSignature } = await openpgp();
    const message = await readCleartextMessage({ cleartextMessage: text });
    // A line of the signed text that looks like this one begins with "- ".
    const armoredSignature = text.slice(text.indexOf('-----BEGIN PGP SIGNATURE-----'));
    const { packets } = await readSignature({ armoredSignature });
    const fingerprint = packets[0]?.issuerFingerprint ?? null;
    return {
      text: message.getText(),
      fingerprint: fingerprint === null ? null : Buffer.from(fingerprint).toString('hex').toUpperCase(),
    };
  } catch {
    return null; // damaged: the runtime says so
  }
}
