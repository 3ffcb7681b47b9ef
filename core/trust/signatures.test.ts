import { createCleartextMessage, generateKey, sign } from 'openpgp';
import { describe, expect, it } from 'vitest';
import type { Signature } from '#core/contract/trust.ts';
import type { VerifiedObject } from '#core/runtime/trustCommandsOutput.ts';
import { dataType, type SifDescriptor } from '#core/sif/descriptor.ts';
import { signatureClaims } from './signatureClaims.ts';
import { type ClaimedSignature, claimedSignature, coversItsGroup, distributeAnswer } from './signatures.ts';
import { verdictOf, verdictText } from './verdict.ts';

const object = (id: number, rest: Partial<SifDescriptor> = {}): SifDescriptor => ({
  id,
  type: dataType.raw,
  group: 1,
  link: null,
  offset: 0,
  sizeBytes: 1,
  createdAt: null,
  name: '',
  partition: null,
  codes: [0, 0],
  digest: null,
  ...rest,
});
const signature = (id: number, group: number) =>
  object(id, { type: dataType.signature, group: null, link: { id: group, isGroup: true } });
const all = [object(2), object(3), object(5, { group: 2 }), signature(6, 1), signature(7, 2)];
const claims = (relativeIds: readonly number[]) => ({ kind: 'pgp' as const, fingerprint: 'A', relativeIds });

async function clearSigned(text: string): Promise<string> {
  const { privateKey } = await generateKey({
    type: 'curve25519',
    userIDs: [{ name: 'A', email: 'a@example.org' }],
    format: 'object',
  });
  const message = await createCleartextMessage({ text });
  return await sign({ message, signingKeys: privateKey });
}
const bytes = (text: string) => new TextEncoder().encode(text);
const payload = (...ids: readonly number[]) =>
  JSON.stringify({ version: 1, objects: ids.map((relativeId) => ({ relativeId })) });

describe('signatureClaims', () => {
  it('reads what a clear-signed signature covers, and by whom', async () => {
    expect(await signatureClaims(bytes(await clearSigned(payload(0, 1))))).toEqual({
      kind: 'pgp',
      fingerprint: expect.stringMatching(/^[0-9A-F]{40}/),
      relativeIds: [0, 1],
    });
  });

  it('believes nothing that stands before the signed text', async () => {
    const text = `${payload(0, 1, 2)}\n${await clearSigned(payload(0))}`;
    expect(await signatureClaims(bytes(text))).toMatchObject({ relativeIds: null });
  });

  it('tells legacy signatures (from documentation, not run)', async () => {
    const text = await clearSigned('SIFHASH:\n1234abcd');
    expect(await signatureClaims(bytes(text))).toMatchObject({ kind: 'legacy', relativeIds: null });
  });

  it('reads a DSSE envelope', async () => {
    const envelope = {
      payloadType: 'x',
      payload: Buffer.from(payload(2)).toString('base64'),
      signatures: [],
    };
    expect(await signatureClaims(bytes(JSON.stringify(envelope)))).toEqual({
      kind: 'pem',
      fingerprint: null,
      relativeIds: [2],
    });
  });

  it.each(['', '{', '{"payload":1}', '{"payload":"bm9uZQ=="}', '-----BEGIN PGP SIGNED MESSAGE-----'])(
    'survives %j',
    async (text) => {
      expect(await signatureClaims(bytes(text))).toMatchObject({ relativeIds: null });
    },
  );
});

describe('claimedSignature', () => {
  it('counts objects from the first of the group', () => {
    const one = claimedSignature(signature(6, 1), claims([0, 1]), all);
    expect(one.covers.map(({ id }) => id)).toEqual([2, 3]);
    expect(coversItsGroup(one, all)).toBe(true);
    const other = claimedSignature(signature(7, 2), claims([0, 4]), all);
    expect(other.covers.map(({ id }) => id)).toEqual([5]);
  });

  it('takes no object of another group, and none that is not there', () => {
    const one = claimedSignature(signature(6, 1), claims([1, 3, 900]), all);
    expect(one.covers.map(({ id }) => id)).toEqual([3]);
    expect(coversItsGroup(one, all)).toBe(false);
    expect(claimedSignature(signature(8, 9), claims([0]), all).covers).toEqual([]);
  });

  it('a legacy signature covers the object that it is linked to', () => {
    const legacy = object(8, { type: dataType.signature, group: null, link: { id: 3, isGroup: false } });
    const found = claimedSignature(legacy, { kind: 'legacy', fingerprint: null, relativeIds: null }, all);
    expect(found).toMatchObject({ group: 1, covers: [{ id: 3 }] });
  });
});

describe('distributeAnswer', () => {
  const two: readonly ClaimedSignature[] = [
    claimedSignature(signature(6, 1), claims([0, 1]), all),
    claimedSignature(signature(7, 1), claims([0, 1]), all),
  ];
  const seen = (fingerprint: string, isDataRight = true): VerifiedObject => ({
    userId: fingerprint,
    fingerprint,
    isKeyLocal: true,
    isDataRight,
  });
  const states = (answer: readonly VerifiedObject[], failure: Parameters<typeof distributeAnswer>[2]) =>
    distributeAnswer(two, answer, failure).map(({ state }) => state);

  it('each signature has its own objects', () => {
    const answer = [seen('A'), seen('A'), seen('B'), seen('B')];
    expect(distributeAnswer(two, answer, null).map((one) => [one.state, one.seen?.fingerprint])).toEqual([
      ['valid', 'A'],
      ['valid', 'B'],
    ]);
  });

  it('what comes after the first bad one was not looked at', () => {
    const failure = { state: 'unknownKey' as const, signatureId: 6, reason: 'unknown' };
    expect(states([], failure)).toEqual(['unknownKey', 'notChecked']);
    expect(states([seen('A'), seen('A')], { ...failure, signatureId: 7 })).toEqual(['valid', 'unknownKey']);
    const tampered = { state: 'tampered' as const, signatureId: null, reason: 'data' };
    expect(states([seen('A'), seen('A', false)], tampered)).toEqual(['tampered', 'notChecked']);
  });

  it('is valid only where each object is proved', () => {
    expect(states([], null)).toEqual(['invalid', 'notChecked']);
    expect(states([seen('A'), seen('A'), seen('B')], null)).toEqual(['valid', 'invalid']);
    expect(states([seen('A'), seen('A', false)], null)).toEqual(['invalid', 'notChecked']);
  });
});

describe('verdict', () => {
  const signatureIn = (state: Signature['state'], kind: Signature['kind'] = 'pgp'): Signature => ({
    id: 4,
    group: 1,
    kind,
    state,
    reason: null,
    fingerprint: null,
    userId: null,
    keyLocation: null,
    keyOrigin: null,
    covers: [],
  });
  const whole = { notCovered: [], isEachWhole: true };
  const loose = { id: 9, type: 'Generic/Raw', name: '' };

  it.each([
    [[], whole, 'unsigned'],
    [['valid'], whole, 'valid'],
    [['valid'], { ...whole, isEachWhole: false }, 'partial'],
    [['valid'], { ...whole, notCovered: [loose] }, 'partial'],
    [['valid', 'unknownKey'], whole, 'unknownKey'],
    [['expired', 'tampered'], whole, 'tampered'],
    [['valid', 'notChecked'], whole, 'invalid'],
  ] as const)('%j → %s', (states, covering, verdict) => {
    expect(
      verdictOf(
        states.map((state) => signatureIn(state)),
        covering,
      ),
    ).toBe(verdict);
  });

  it('a legacy signature is never all that is wanted, and no verdict says that the image is safe', () => {
    const legacy = [signatureIn('valid', 'legacy')];
    expect(verdictOf(legacy, whole)).toBe('legacy');
    expect(verdictText('legacy', legacy, [])).toContain('can be forged');
    expect(verdictText('valid', [signatureIn('valid')], [])).toContain('nor that the image is harmless');
    expect(verdictText('partial', [signatureIn('valid')], [loose])).toContain('9 Generic/Raw');
  });
});
