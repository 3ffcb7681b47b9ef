import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import type { ComparedPaths } from './compareState.ts';

export type CompareProblem = 'missing' | 'relative' | 'same';

export type CheckedCompare =
  | { readonly ok: true; readonly paths: ComparedPaths }
  | {
      readonly ok: false;
      readonly problems: { readonly left: CompareProblem | null; readonly right: CompareProblem | null };
    };

/** Two typed paths → what is compared, or what is wrong with them. */
export function checkCompareForm(left: string, right: string): CheckedCompare {
  const paths = [left, right].map((typed) => withoutLastSlash(typed.trim()));
  const [leftPath = '', rightPath = ''] = paths;
  const leftProblem = pathProblem(leftPath);
  const rightProblem = pathProblem(rightPath) ?? (leftPath === rightPath ? 'same' : null);
  if (leftProblem !== null || rightProblem !== null)
    return { ok: false, problems: { left: leftProblem, right: rightProblem } };
  return { ok: true, paths: { left: typedPath(leftPath), right: typedPath(rightPath) } };
}

function pathProblem(path: string): CompareProblem | null {
  if (path === '') return 'missing';
  return path.startsWith('/') ? null : 'relative';
}
