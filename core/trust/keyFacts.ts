import type { Key } from 'openpgp';
import type { TrustKey } from '#core/contract/trust.ts';
import type { KeyBlock } from './keyPackets.ts';
import { openpgp } from './openpgp.ts';

/** What one key says of itself. */
export type KeyFacts = Pick<
  TrustKey,
  'fingerprint' | 'userIds' | 'createdAt' | 'expiresAt' | 'state' | 'algorithm'
> & { readonly privateHalf: TrustKey['privateHalf'] };

const mostUserIds = 100;
const longestUserId = 1024;

/** Reads one key. Never fails: what cannot be read is said to be so. */
export async function keyFacts(block: KeyBlock, now: number): Promise<KeyFacts> {
  try {
    return await factsOf(await readBlock(block), now);
  } catch {
    // A kind of key that OpenPGP.js does not know, or a damaged one: shown, so that nobody wonders where it is.
    return {
      fingerprint: '',
      userIds: [],
      createdAt: null,
      expiresAt: null,
      state: 'unreadable',
      algorithm: '',
      privateHalf: block.isPrivate ? 'protected' : 'none',
    };
  }
}

async function factsOf(key: Key, now: number): Promise<KeyFacts> {
  const expiry = await expiryOf(key);
  const isRevoked = await key.isRevoked(undefined, undefined, new Date(now));
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    userIds: key
      .getUserIDs()
      .slice(0, mostUserIds)
      .map((text) => text.slice(0, longestUserId)),
    createdAt: key.getCreationTime().getTime(),
    expiresAt: expiry,
    state: isRevoked ? 'revoked' : expiry !== null && expiry <= now ? 'expired' : 'usable',
    algorithm: algorithmWords(key),
    privateHalf: privateHalfOf(key),
  };
}

/** Milliseconds since 1970; null for never. */
async function expiryOf(key: Key): Promise<number | null> {
  const expiry = await key.getExpirationTime();
  return expiry instanceof Date ? expiry.getTime() : null;
}

/** Of the part that signs. The runtime leaves the subkey of its own keys unprotected; it never signs an image. */
function privateHalfOf(key: Key): TrustKey['privateHalf'] {
  if (!key.isPrivate()) return 'none';
  const { keyPacket } = key;
  return 'isDecrypted' in keyPacket && keyPacket.isDecrypted() === true ? 'open' : 'protected';
}

function algorithmWords(key: Key): string {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  if (bits !== undefined) return `${algorithm.startsWith('rsa') ? 'RSA' : algorithm.toUpperCase()} ${bits}`;
  return curve === undefined ? algorithm : /^ed25519/i.test(curve) ? 'Ed25519' : curve;
}

/** A key of an armored text, by itself. */
export interface ArmoredKey {
  readonly fingerprint: string;
  readonly isPrivate: boolean;
  /** Armored again. */
  readonly text: string;
}

const mostArmored = 100;

/** Armored text → its keys; empty when it holds none. Public and private keys may not be mixed in one block. */
export async function armoredKeys(text: string): Promise<readonly ArmoredKey[]> {
  const keys: ArmoredKey[] = [];
  for (const [block, kind] of text.matchAll(
    /-----BEGIN PGP (PUBLIC|PRIVATE) KEY BLOCK-----.*?-----END PGP \1 KEY BLOCK-----/gs,
  ))
    for (const key of await keysOf(block, kind === 'PRIVATE'))
      keys.push({
        fingerprint: key.getFingerprint().toUpperCase(),
        isPrivate: key.isPrivate(),
        text: key.armor(),
      });
  return keys.slice(0, mostArmored);
}

async function keysOf(armored: string, isPrivate: boolean): Promise<readonly Key[]> {
  try {
    const { readKeys, readPrivateKeys } = await openpgp();
    return isPrivate
      ? await readPrivateKeys({ armoredKeys: armored })
      : await readKeys({ armoredKeys: armored });
  } catch {
    return []; // not a key: the caller says that the text holds none
  }
}

/** The block of a ring as armored text. */
export async function armor(block: KeyBlock): Promise<string> {
  return (await readBlock(block)).armor();
}

/** Whether the passphrase opens the private half that signs. */
export async function opensWith(block: KeyBlock, passphrase: string): Promise<boolean> {
  const { readPrivateKey } = await openpgp();
  const { keyPacket } = await readPrivateKey({ binaryKey: block.bytes });
  if (!('decrypt' in keyPacket)) return false;
  try {
    await keyPacket.decrypt(passphrase);
    return true;
  } catch {
    return false; // what OpenPGP.js throws says no more than that
  }
}

async function readBlock({ bytes, isPrivate }: KeyBlock): Promise<Key> {
  const { readKey, readPrivateKey } = await openpgp();
  return isPrivate ? await readPrivateKey({ binaryKey: bytes }) : await readKey({ binaryKey: bytes });
}
