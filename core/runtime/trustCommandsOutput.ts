import { z } from 'zod';
import type { OfferedKey, SignatureState } from '#core/contract/trust.ts';
import { stripAnsi } from './terminalOutput.ts';

/** What the runtime asks on its terminal. Sources: apptainer cmd/internal/cli/key_newpair.go, pgp.go, internal/pkg/sypgp. */
export const keyPrompts = {
  name: /Enter your name [^\n]*: $/,
  email: /Enter your email address [^\n]*: $/,
  comment: /Enter optional comment [^\n]*: $/,
  newPassphrase: /Enter a passphrase : $/,
  passphraseAgain: /Retype your passphrase : $/,
  withoutPassphrase: /Do you want to continue\? \[y\/n\] $/,
  whichKey: /Enter # of private key to use : $/,
  keyPassphrase: /Enter (?:key passphrase|your key password) : $/,
} as const;

/**
 * The number of a key in the list that precedes `whichKey`; null when it is not in it. Only whole lines of the list's
 * form count: `   F: FINGERPRINT`.
 */
export function indexInKeyList(text: string, fingerprint: string): number | null {
  const listed = [...text.matchAll(/^ +F(?:ingerprint)?: +([0-9A-Fa-f]{40,64})\r?$/gm)];
  const index = listed.findIndex(([, one]) => one?.toUpperCase() === fingerprint);
  return index < 0 ? null : index;
}

/** A passphrase that does not open the private key. */
export function isWrongPassphrase(text: string): boolean {
  return /private key checksum failure/.test(text);
}

/** No server, no answer, or one that is no keyserver's; null when a server answered as one does. */
export function keyserverTrouble(text: string): string | null {
  const found =
    /failed to (?:get|push|search for)? ?keys?[^\n]*|dial tcp[^\n]*|no such host|unexpected (?:http status|response)[^\n]*|x509:[^\n]*|key server[^\n]*unreachable[^\n]*/i.exec(
      text,
    )?.[0];
  return found === undefined ? null : (/(?:dial tcp|x509)[^\n]*$/.exec(found)?.[0] ?? found);
}

export function hasNoSuchKey(text: string): boolean {
  // onak answers with a page that holds no key.
  return /no matching keys found|404 Not Found|no armored data found/i.test(text);
}

const mostOffered = 500;
const offeredLine =
  /^([0-9A-F]{16,64}) +(\S+) +(\d+) +(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC)? +(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC)? +\[[^\]]*\] +(.*)$/;

/** Output of `key search --long-list`: a table for people; further user ids of a key stand on lines of their own. */
export function parseOfferedKeys(text: string): readonly OfferedKey[] {
  const keys: (OfferedKey & { userIds: string[] })[] = [];
  for (const line of stripAnsi(text).split('\n')) {
    const found = offeredLine.exec(line);
    if (found !== null && keys.length < mostOffered) {
      const [, fingerprint = '', algorithm = '', bits = '', created, expires, userId = ''] = found;
      keys.push({
        fingerprint,
        algorithm,
        bits: Number(bits),
        createdAt: timeOf(created),
        expiresAt: timeOf(expires),
        userIds: [userId.trim()],
      });
    } else if (/^ {20,}\S/.test(line) && (keys.at(-1)?.userIds.length ?? 100) < 100)
      keys.at(-1)?.userIds.push(line.trim());
  }
  return keys;
}

function timeOf(text: string | undefined): number | null {
  const time =
    text === undefined ? Number.NaN : Date.parse(text.replace(' +0000 UTC', 'Z').replace(' ', 'T'));
  return Number.isNaN(time) ? null : time;
}

const signerSchema = z.object({
  Signer: z.object({
    Name: z.string().max(4096),
    Fingerprint: z.string().max(128),
    KeyLocal: z.boolean(),
    KeyCheck: z.boolean(),
    DataCheck: z.boolean(),
  }),
});
const answerSchema = z.object({
  SignerKeys: z.array(signerSchema).max(65_536).nullable(),
});

/** One object that was verified under one signature, in the runtime's order. */
export interface VerifiedObject {
  readonly userId: string;
  /** Upper-case hex; empty for PEM keys. */
  readonly fingerprint: string;
  /** The key lies in a ring of the host. */
  readonly isKeyLocal: boolean;
  readonly isDataRight: boolean;
}

/** Standard output of `verify --json`; null when it is none. Source: apptainer cmd/internal/cli/pgp.go. */
export function parseVerifyAnswer(stdout: string): readonly VerifiedObject[] | null {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    return null; // an older runtime, or one that failed before it began
  }
  const answer = answerSchema.safeParse(json);
  if (!answer.success) return null;
  return (answer.data.SignerKeys ?? []).map(({ Signer }) => ({
    userId: Signer.Name,
    fingerprint: Signer.Fingerprint.toUpperCase(),
    isKeyLocal: Signer.KeyLocal,
    isDataRight: Signer.DataCheck,
  }));
}

/** What ended a verification. */
export interface VerifyFailure {
  readonly state: Exclude<SignatureState, 'valid' | 'notChecked'> | 'incomplete' | 'unsigned';
  /** The signature that the runtime names. */
  readonly signatureId: number | null;
  /** The runtime's words. */
  readonly reason: string;
}

const failures: readonly (readonly [RegExp, VerifyFailure['state']])[] = [
  [/signature made by unknown entity/, 'unknownKey'],
  [/revoked/, 'revoked'],
  [/key expired|signature expired|certificate has expired/, 'expired'],
  [/key material not provided/, 'needsKey'],
  [/integrity compromised/, 'tampered'],
  [/object not signed|not associated with object group/, 'incomplete'],
  [/signature not found/, 'unsigned'],
];

/** Standard error of a `verify` that failed → why; null without a word of the runtime. Source: sif pkg/integrity/verify.go. */
export function parseVerifyFailure(stderr: string): VerifyFailure | null {
  const fatal = /FATAL: +(?:Failed to verify container: )?(?:integrity: )?([^\n]{1,2000})/.exec(
    stripAnsi(stderr),
  );
  const reason = fatal?.[1]?.trim();
  if (reason === undefined) return null;
  const signature = /signature object (\d+) not valid/.exec(reason)?.[1];
  return {
    state: failures.find(([pattern]) => pattern.test(reason))?.[1] ?? 'invalid',
    signatureId: signature === undefined ? null : Number(signature),
    reason,
  };
}
