import type {
  KeyOrigin,
  Signature,
  SignatureState,
  TrustKey,
  Verification,
  VerifyInput,
} from '#core/contract/trust.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { type SignedPart, takesPemKeys, verifyCommand } from '#core/runtime/trustCommands.ts';
import {
  parseVerifyAnswer,
  parseVerifyFailure,
  type VerifiedObject,
  type VerifyFailure,
} from '#core/runtime/trustCommandsOutput.ts';
import { openSif, type SifFile, signedObject } from './sifFile.ts';
import { longestSignature, signatureClaims } from './signatureClaims.ts';
import {
  type CheckedSignature,
  type ClaimedSignature,
  claimedSignature,
  coversItsGroup,
  distributeAnswer,
  isSignature,
} from './signatures.ts';
import { verdictOf, verdictText } from './verdict.ts';

interface VerifyRoom {
  readonly host: Host;
  readonly runtime: Runtime;
  /** The keys of the host, for where they lie and came from. */
  readonly keys: readonly TrustKey[];
  /** The default keyserver; null leaves it to the runtime. */
  readonly keyserver: string | null;
}

/**
 * Asks the runtime about each signed group, because it stops at the first bad signature of a group and says nothing of the
 * others; what each signature covers is read from the file. Fails with image.busy when the file changes meanwhile.
 */
export async function verifySif(
  room: VerifyRoom,
  input: VerifyInput,
  signal: AbortSignal,
): Promise<{ readonly sif: SifFile; readonly verification: Verification }> {
  requirePemKeys(room, input);
  const sif = await openSif(room.host, input.path);
  const claimed = await claimedSignatures(sif);
  const checked = new Map<number, CheckedSignature>();
  for (const signatures of groupsOf(claimed)) {
    const answers = await checkGroup(room, { input, signatures, signal });
    signatures.forEach(({ id }, index) => {
      const answer = answers[index];
      if (answer !== undefined) checked.set(id, answer);
    });
  }
  const after = await room.host.files.stat(input.path);
  if (after?.inode !== sif.facts.inode || after.modifiedAt !== sif.facts.modifiedAt)
    throw workbenchError('image.busy', { path: input.path }, { hostId: room.host.id });
  const signatures = claimed.map((one) =>
    described(room, input, { claimed: one, checked: checked.get(one.id) }),
  );
  const covered = new Set(claimed.flatMap(({ covers }) => covers.map(({ id }) => id)));
  const notCovered = sif.descriptors
    .filter((one) => !isSignature(one) && !covered.has(one.id))
    .map(signedObject);
  const isEachWhole = claimed.every((one) => coversItsGroup(one, sif.descriptors));
  const verdict = verdictOf(signatures, { notCovered, isEachWhole });
  const verification = {
    hostId: input.hostId,
    path: input.path,
    verifiedAt: Date.now(),
    verdict,
    text: verdictText(verdict, signatures, notCovered),
    signatures,
    notCovered,
  };
  return { sif, verification };
}

function requirePemKeys({ host, runtime }: VerifyRoom, { with: means }: VerifyInput): void {
  if ((means.type === 'pem' || means.type === 'certificate') && !takesPemKeys(runtime.dialect))
    throw workbenchError(
      'trust.unsupported',
      { reason: 'Apptainer 1.2 and SingularityCE 3.11 were the first to take PEM keys' },
      { hostId: host.id },
    );
}

async function claimedSignatures({ host, path, descriptors }: SifFile): Promise<readonly ClaimedSignature[]> {
  const rows = descriptors.filter(isSignature);
  const texts = await host.files.readMany(
    rows.map(({ offset, sizeBytes }) => ({ path, offset, length: Math.min(sizeBytes, longestSignature) })),
  );
  return await Promise.all(
    rows.map(async (row, index) =>
      claimedSignature(row, await signatureClaims(texts[index] ?? new Uint8Array()), descriptors),
    ),
  );
}

/** Those that the runtime looks at together; legacy ones it is told apart to look at. */
function groupsOf(signatures: readonly ClaimedSignature[]): readonly (readonly ClaimedSignature[])[] {
  const groups = new Map<string, ClaimedSignature[]>();
  for (const signature of signatures) {
    const { kind, group, id } = signature;
    const name = kind === 'legacy' || group === null ? `signature ${id}` : `group ${group}`;
    groups.set(name, [...(groups.get(name) ?? []), signature]);
  }
  return [...groups.values()];
}

interface GroupWork {
  readonly input: VerifyInput;
  readonly signatures: readonly ClaimedSignature[];
  readonly signal: AbortSignal;
}

async function checkGroup(room: VerifyRoom, work: GroupWork): Promise<readonly CheckedSignature[]> {
  const { signatures } = work;
  const [first] = signatures;
  const firstCovered = first?.covers[0];
  if (first === undefined || firstCovered === undefined || first.group === null)
    return signatures.map(() => ({
      state: 'invalid',
      reason: 'It covers no object of this image',
      seen: null,
    }));
  const isLegacy = first.kind === 'legacy';
  const part: SignedPart = isLegacy
    ? { type: 'object', id: firstCovered.id }
    : { type: 'group', id: first.group };
  const { answer, failure } = await ask(room, work, { part, isLegacy });
  if (failure?.state !== 'incomplete') return distributeAnswer(signatures, answer, failure);
  // Not each object of the group is signed: then the runtime refuses the group, and is asked for each that is.
  return await checkObjects(room, work);
}

/** Each signature by its objects, one after the other. Another signature of an object may be what does not hold. */
async function checkObjects(room: VerifyRoom, work: GroupWork): Promise<readonly CheckedSignature[]> {
  const byObject = new Map<
    number,
    { readonly answer: readonly VerifiedObject[]; readonly failure: VerifyFailure | null }
  >();
  for (const { covers } of work.signatures)
    for (const { id } of covers)
      if (!byObject.has(id))
        byObject.set(id, await ask(room, work, { part: { type: 'object', id }, isLegacy: false }));
  return work.signatures.map((signature) => {
    const outcomes = signature.covers.flatMap(({ id }) => byObject.get(id) ?? []);
    const bad = outcomes.find(({ failure }) => failure !== null)?.failure ?? null;
    if (bad === null) {
      const all = outcomes.flatMap(({ answer }) => answer);
      const isProved = outcomes.every(
        ({ answer }) => answer.length > 0 && answer.every(({ isDataRight }) => isDataRight),
      );
      const own = all.find(({ fingerprint }) => fingerprint === signature.fingerprint) ?? all[0] ?? null;
      return { state: isProved ? 'valid' : 'invalid', reason: null, seen: own };
    }
    if (bad.signatureId !== null && bad.signatureId !== signature.id)
      return { state: 'notChecked', reason: null, seen: null };
    const state: SignatureState =
      bad.state === 'incomplete' || bad.state === 'unsigned' ? 'notChecked' : bad.state;
    return { state, reason: bad.reason, seen: null };
  });
}

async function ask(
  { host, runtime, keyserver }: VerifyRoom,
  { input, signal }: GroupWork,
  what: { readonly part: SignedPart; readonly isLegacy: boolean },
): Promise<{ readonly answer: readonly VerifiedObject[]; readonly failure: VerifyFailure | null }> {
  const { with: means } = input;
  const asked = means.type === 'keyserver' ? { ...means, url: means.url ?? keyserver } : means;
  const spec = verifyCommand(runtime, { ...input, with: asked }, what);
  const { exitStatus, stdout, stderr } = await host.run(spec, { signal, keepBytes: 16 * 1024 * 1024 });
  const answer = parseVerifyAnswer(stdout);
  const failure = exitStatus === 0 ? null : parseVerifyFailure(stderr);
  if (answer === null || (exitStatus !== 0 && failure === null))
    throw workbenchError(
      'runtime.failed',
      { verb: 'verify it', reason: failure?.reason ?? null, exitStatus },
      { hostId: host.id, command: showCommand(spec), evidence: stderr, exitStatus },
    );
  return { answer, failure };
}

function described(
  { keys }: VerifyRoom,
  { with: means }: VerifyInput,
  {
    claimed,
    checked,
  }: { readonly claimed: ClaimedSignature; readonly checked: CheckedSignature | undefined },
): Signature {
  const { seen, ...found } = checked ?? { state: 'notChecked' as const, reason: null, seen: null };
  // What the runtime verified with goes before what the signature claims.
  const fingerprint = seen === null || seen.fingerprint === '' ? claimed.fingerprint : seen.fingerprint;
  const known = keys.filter((key) => key.fingerprint !== '' && key.fingerprint === fingerprint);
  const key = known.find(({ ring }) => ring === 'local') ?? known[0];
  const { state, reason } = withKeyState(found, key);
  const isFile = claimed.kind === 'pem' && (means.type === 'pem' || means.type === 'certificate');
  return {
    id: claimed.id,
    group: claimed.group,
    kind: claimed.kind,
    state,
    reason,
    fingerprint,
    userId: claimed.kind === 'pem' ? null : (seen?.userId ?? key?.userIds[0] ?? null),
    keyLocation: location(key, { state, isFile }),
    keyOrigin: key === undefined ? null : originOf(key),
    covers: claimed.covers.map(signedObject),
  };
}

/** What the ring knows of the key, which the runtime does not say: when it expired. It looks at revocations itself. */
function withKeyState(
  { state, reason }: Pick<Signature, 'state' | 'reason'>,
  key: TrustKey | undefined,
): Pick<Signature, 'state' | 'reason'> {
  if (state === 'expired' && key?.expiresAt != null)
    return { state, reason: `The key expired on ${new Date(key.expiresAt).toISOString().slice(0, 10)}` };
  return { state, reason };
}

function location(
  key: TrustKey | undefined,
  { state, isFile }: { readonly state: SignatureState; readonly isFile: boolean },
): Signature['keyLocation'] {
  if (isFile) return state === 'valid' ? 'file' : null;
  if (key !== undefined) return key.ring;
  return state === 'valid' ? 'downloaded' : null;
}

function originOf({ origin }: TrustKey): KeyOrigin | null {
  return origin;
}
