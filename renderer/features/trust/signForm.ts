import type { SignInput, TrustKey } from '#core/contract/trust.ts';
import { typedPath } from '#renderer/ui/typedPath.ts';
import type { SignedWhat } from './coverage.ts';

/** The choice of a PEM file among the keys of a ring, which are chosen by their fingerprints. */
export const pemChoice = 'pem';
const mostObjects = 64;

export interface SignForm {
  /** A fingerprint or `pem`; null takes the first key that can sign. */
  readonly chosenKey: string | null;
  readonly pemPath: string;
  readonly passphrase: string;
  readonly what: SignedWhat;
}

export type FileProblem = 'missing' | 'relative';

export interface CheckedSign {
  readonly chosenId: string;
  readonly asksPassphrase: boolean;
  /** Null while something is missing. */
  readonly key: SignInput['key'] | null;
  readonly problems: {
    readonly pem: FileProblem | null;
    readonly passphrase: boolean;
    readonly what: 'none' | 'many' | null;
  };
}

/** A form → the key to sign with, or what is missing. `able` are the keys that can sign. */
export function checkSign(form: SignForm, able: readonly TrustKey[]): CheckedSign {
  const chosenId = form.chosenKey ?? able[0]?.fingerprint ?? pemChoice;
  const key = able.find(({ fingerprint }) => fingerprint === chosenId);
  const asksPassphrase = key?.privateHalf === 'protected';
  const pem = key === undefined ? fileProblem(form.pemPath) : null;
  const lacksPassphrase = asksPassphrase && form.passphrase === '';
  return {
    chosenId: key === undefined ? pemChoice : chosenId,
    asksPassphrase,
    key:
      pem !== null || lacksPassphrase
        ? null
        : key === undefined
          ? { type: 'pem', path: typedPath(form.pemPath.trim()) }
          : {
              type: 'ring',
              fingerprint: key.fingerprint,
              passphrase: asksPassphrase ? form.passphrase : null,
            },
    problems: { pem, passphrase: lacksPassphrase, what: whatProblem(form.what) },
  };
}

/** What is wrong with a path of a file that is needed; null when nothing is. */
export function fileProblem(typed: string): FileProblem | null {
  const path = typed.trim();
  if (path === '') return 'missing';
  return path.startsWith('/') ? null : 'relative';
}

function whatProblem(what: SignedWhat): 'none' | 'many' | null {
  if (what.type !== 'objects') return null;
  if (what.ids.length === 0) return 'none';
  return what.ids.length > mostObjects ? 'many' : null;
}
