import { createHash, type Hash } from 'node:crypto';

/** A digest taken apart: OCI image-spec, descriptor.md, "Digests"; only the two registered algorithms. */
export interface ParsedDigest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly hex: string;
}

const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Whether a text is a digest that can be verified, and so is safe as a file name. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** A digest from the outside → its parts; null when it is none. */
export function parseDigest(text: string): ParsedDigest | null {
  if (!isDigest(text)) return null;
  return { algorithm: text.startsWith('sha256:') ? 'sha256' : 'sha512', hex: text.slice(7) };
}

/** A running hash of the algorithm that `digest` uses; sha256 where there is nothing to compare with. */
export function hashFor(digest: string | null): { readonly hash: Hash; readonly algorithm: string } {
  const algorithm = digest === null ? 'sha256' : (parseDigest(digest)?.algorithm ?? 'sha256');
  return { hash: createHash(algorithm), algorithm };
}

/** Digest of bytes, in the algorithm that `like` uses. */
export function digestOf(bytes: Uint8Array, like: string | null = null): string {
  const { hash, algorithm } = hashFor(like);
  return `${algorithm}:${hash.update(bytes).digest('hex')}`;
}
