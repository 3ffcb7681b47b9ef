import type { SignatureState } from '#core/contract/trust.ts';
import type { VerifiedObject, VerifyFailure } from '#core/runtime/trustCommandsOutput.ts';
import { dataType, type SifDescriptor } from '#core/sif/descriptor.ts';
import type { SignatureClaims } from './signatureClaims.ts';

/** A signature of a SIF with what it covers, as it claims. */
export interface ClaimedSignature extends Omit<SignatureClaims, 'relativeIds'> {
  /** Number of its own object. */
  readonly id: number;
  readonly group: number | null;
  readonly covers: readonly SifDescriptor[];
}

/** What the runtime found out about one signature. */
export interface CheckedSignature {
  readonly state: SignatureState;
  readonly reason: string | null;
  /** The object that the runtime verified last under it. */
  readonly seen: VerifiedObject | null;
}

export const isSignature = ({ type }: SifDescriptor) => type === dataType.signature;

/**
 * A signature's descriptor and claims → what it covers. Objects are counted from the first one of their group
 * (sif pkg/integrity/metadata.go `relativeId`); a legacy signature covers what it is linked to.
 */
export function claimedSignature(
  descriptor: SifDescriptor,
  claims: SignatureClaims,
  all: readonly SifDescriptor[],
): ClaimedSignature {
  const objects = all.filter((one) => !isSignature(one));
  const { link } = descriptor;
  const linked = link?.isGroup === true ? undefined : objects.find(({ id }) => id === link?.id);
  const group = link?.isGroup === true ? link.id : (linked?.group ?? null);
  const members = objects.filter((one) => group !== null && one.group === group);
  const first = Math.min(...members.map(({ id }) => id));
  const { relativeIds, ...rest } = claims;
  const ids = new Set(relativeIds?.map((id) => first + id));
  const covers =
    claims.kind === 'legacy'
      ? linked === undefined
        ? members
        : [linked]
      : members.filter(({ id }) => ids.has(id));
  return { ...rest, id: descriptor.id, group, covers };
}

export function coversItsGroup({ group, covers }: ClaimedSignature, all: readonly SifDescriptor[]): boolean {
  const members = all.filter((one) => !isSignature(one) && one.group === group);
  return members.every((member) => covers.includes(member));
}

/**
 * The runtime's answer about a group → what it says of each of the group's signatures, which it looks at in their order
 * and one object after the other, up to the first that does not hold.
 */
export function distributeAnswer(
  signatures: readonly ClaimedSignature[],
  answer: readonly VerifiedObject[],
  failure: VerifyFailure | null,
): readonly CheckedSignature[] {
  let at = 0;
  let hasFailed = false;
  return signatures.map((signature): CheckedSignature => {
    if (hasFailed) return { state: 'notChecked', reason: null, seen: null };
    const seen = answer.slice(at, at + signature.covers.length);
    at += seen.length;
    const isWhole = seen.length === signature.covers.length && seen.length > 0;
    const isNamed = failure?.signatureId === signature.id;
    if (isWhole && !isNamed && seen.every(({ isDataRight }) => isDataRight))
      return { state: 'valid', reason: null, seen: seen.at(-1) ?? null };
    hasFailed = true;
    // Whatever is not proved is not valid, also when the runtime says nothing against it.
    if (failure === null) return { state: 'invalid', reason: null, seen: null };
    const state = failure.state === 'incomplete' || failure.state === 'unsigned' ? 'invalid' : failure.state;
    return { state, reason: failure.reason, seen: seen.at(-1) ?? null };
  });
}
