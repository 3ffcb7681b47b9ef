import type { HostPath } from '#core/contract/hostPath.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';

/** Where something new comes to, as typed. */
export interface TargetForm {
  readonly folder: string;
  readonly name: string;
}

export interface CheckedTarget {
  readonly folderProblem: 'notAbsolute' | null;
  readonly nameProblem: 'nameEmpty' | 'nameSlash' | null;
  /** Null where something is missing or wrong. */
  readonly target: { readonly folder: HostPath; readonly name: HostPath } | null;
}

/** What was typed → what is wrong with it, and folder and name as paths. */
export function checkTarget({ folder, name }: TargetForm): CheckedTarget {
  const path = withoutLastSlash(folder.trim());
  const folderProblem = path.startsWith('/') ? null : 'notAbsolute';
  const nameProblem = checkName(name);
  return {
    folderProblem,
    nameProblem,
    target:
      folderProblem === null && nameProblem === null
        ? { folder: typedPath(path), name: typedPath(name) }
        : null,
  };
}

/** What is wrong with the name of a file or folder. */
export function checkName(name: string): CheckedTarget['nameProblem'] {
  if (name.trim() === '' || name === '.' || name === '..') return 'nameEmpty';
  return name.includes('/') ? 'nameSlash' : null;
}
