import type { VerifyInput } from '#core/contract/trust.ts';
import { typedPath } from '#renderer/ui/typedPath.ts';
import type { KeyserverChoice } from './KeyserverField.tsx';
import { type FileProblem, fileProblem } from './signForm.ts';

export interface VerifyForm {
  readonly type: VerifyInput['with']['type'];
  /** Of the PEM key or of the certificate. */
  readonly path: string;
  /** Of the root certificates; the system's where empty. */
  readonly roots: string;
}

export interface CheckedVerify {
  /** Null while something is missing. */
  readonly with: VerifyInput['with'] | null;
  readonly problems: { readonly path: FileProblem | null; readonly roots: FileProblem | null };
}

/** A form → with what is verified, or what is missing. */
export function checkVerify({ type, path, roots }: VerifyForm, keyserver: KeyserverChoice): CheckedVerify {
  const noProblems = { path: null, roots: null };
  switch (type) {
    case 'local':
      return { with: { type }, problems: noProblems };
    case 'keyserver':
      return { with: keyserver.isValid ? { type, url: keyserver.url } : null, problems: noProblems };
    case 'pem': {
      const problem = fileProblem(path);
      return {
        with: problem === null ? { type, path: typedPath(path.trim()) } : null,
        problems: { path: problem, roots: null },
      };
    }
    case 'certificate': {
      const hasRoots = roots.trim() !== '';
      const problems = { path: fileProblem(path), roots: hasRoots ? fileProblem(roots) : null };
      const isWhole = problems.path === null && problems.roots === null;
      return {
        with: isWhole
          ? { type, path: typedPath(path.trim()), roots: hasRoots ? typedPath(roots.trim()) : null }
          : null,
        problems,
      };
    }
  }
}
