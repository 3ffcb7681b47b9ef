import type { ActionInput } from '#core/contract/images.ts';
import type { Encryption } from '#core/contract/trust.ts';
import { typedPath } from '#renderer/ui/typedPath.ts';

/** What opens an encrypted image, as typed. */
export interface TypedKey {
  readonly passphrase: string;
  readonly pemPath: string;
}

export const noKey: TypedKey = { passphrase: '', pemPath: '' };

export type KeyProblem = 'passphraseMissing' | 'pemMissing' | 'pemRelative';

/** What is wrong with what was typed; null where it is whole, or nothing needs to be. */
export function keyProblem(encryption: Encryption | null, typed: TypedKey): KeyProblem | null {
  if (encryption === null) return null;
  if (encryption.opens !== 'pem') return typed.passphrase === '' ? 'passphraseMissing' : null;
  const path = typed.pemPath.trim();
  if (path === '') return 'pemMissing';
  return path.startsWith('/') ? null : 'pemRelative';
}

/** What the contract is told of the key: not the passphrase, which is given apart. */
export function opensWith(encryption: Encryption | null, typed: TypedKey): ActionInput['opensWith'] {
  if (encryption === null) return undefined;
  if (encryption.opens !== 'pem') return { type: 'passphrase' };
  const path = typed.pemPath.trim();
  return path.startsWith('/') ? { type: 'pem', path: typedPath(path) } : undefined;
}
