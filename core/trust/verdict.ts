import type { Signature, SignedObject, Verification } from '#core/contract/trust.ts';

type Verdict = Verification['verdict'];

/** The worst first. */
const worst: readonly Exclude<Verdict, 'unsigned' | 'legacy' | 'partial' | 'valid'>[] = [
  'tampered',
  'invalid',
  'revoked',
  'expired',
  'unknownKey',
  'needsKey',
];

/**
 * Signatures and what none of them covers → one word. Only `valid` says that all is well; for that each signature covers
 * its whole group, too, as the runtime demands.
 */
export function verdictOf(
  signatures: readonly Signature[],
  {
    notCovered,
    isEachWhole,
  }: { readonly notCovered: readonly SignedObject[]; readonly isEachWhole: boolean },
): Verdict {
  if (signatures.length === 0) return 'unsigned';
  const bad = worst.find((state) => signatures.some((signature) => signature.state === state));
  if (bad !== undefined) return bad;
  if (signatures.some(({ state }) => state !== 'valid')) return 'invalid';
  if (signatures.some(({ kind }) => kind === 'legacy')) return 'legacy';
  return notCovered.length > 0 || !isEachWhole ? 'partial' : 'valid';
}

/** The verdict in sentences. To verify is not to trust, and it is said each time. */
export function verdictText(
  verdict: Verdict,
  signatures: readonly Signature[],
  notCovered: readonly SignedObject[],
): string {
  const rest =
    notCovered.length === 0
      ? ''
      : ` No signature covers: ${notCovered.map(({ id, type }) => `${id} ${type}`).join(', ')}.`;
  return `${sentence(verdict, signatures)}${rest}`;
}

const notTrust =
  'That says which key signed it, not whose key that is, nor that the image is harmless: compare the fingerprint with its owner’s.';

function sentence(verdict: Verdict, signatures: readonly Signature[]): string {
  switch (verdict) {
    case 'valid':
      return `Each object is signed and unchanged since. ${notTrust}${
        signatures.some(({ keyLocation }) => keyLocation === 'downloaded')
          ? ' The key came from a keyserver just now, where anybody can put one in any name.'
          : ''
      }`;
    case 'partial':
      return `What is signed is unchanged since, but no signature covers everything. ${notTrust}`;
    case 'unsigned':
      return 'It is not signed: nobody says where it comes from, and a change would not be noticed.';
    case 'tampered':
      return 'It was changed after it was signed. Do not run it; get it again from its source.';
    case 'invalid':
      return 'A signature does not hold or could not be looked at. Do not rely on it.';
    case 'expired':
      return `It is signed with a key that has expired.${expiryOf(signatures)} Ask its owner for a new signature.`;
    case 'revoked':
      return 'It is signed with a key that its owner has revoked. Do not rely on it; ask its owner for a new signature.';
    case 'unknownKey':
      return 'It is signed with a key that is in no ring of this host, so nothing is proved. Compare the fingerprint with its owner’s, then import or fetch the key.';
    case 'needsKey':
      return 'It is signed with a PEM key or certificate: give that to verify it.';
    case 'legacy':
      return `It is signed in the way of before 2020, which can be forged: only the bytes of single objects are signed. ${notTrust}`;
  }
}

/** When the key of the first such signature expired, as far as a ring has it, as a sentence after others. */
function expiryOf(signatures: readonly Signature[]): string {
  const reason = signatures.find(
    ({ state, fingerprint }) => state === 'expired' && fingerprint !== null,
  )?.reason;
  return reason == null ? '' : ` ${reason}.`;
}
