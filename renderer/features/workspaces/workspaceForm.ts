import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { workspaceNameSchema } from '#core/contract/workspaces.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';

export type NameProblem = 'missing' | 'bad' | 'taken';

/** What is wrong with a name for a workspace; null for a good one. */
export function nameProblem(name: string, taken: readonly string[]): NameProblem | null {
  if (name === '') return 'missing';
  if (!workspaceNameSchema.safeParse(name).success) return 'bad';
  return taken.includes(name) ? 'taken' : null;
}

/** A name for a workspace that is made of another text, such as a file's name: `my tools.sif` gives `my-tools`. */
export function suggestedName(text: string, taken: readonly string[]): string {
  const base = text
    .replace(/^.*\/(?=.)/, '')
    .replace(/\.(sif|sqfs|squashfs)$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 58);
  if (base === '' || !taken.includes(base)) return base;
  for (let number = 2; ; number += 1) {
    const name = `${base}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** A whole path as it was typed, or null where it is none. */
export function wholePath(typed: string): HostPath | null {
  const bare = withoutLastSlash(typed.trim());
  return bare.startsWith('/') && bare !== '/' ? typedPath(bare) : null;
}

/** A file's name as it was typed; null where it is empty or has a slash. */
export function fileNameOf(typed: string): HostPath | null {
  const name = typed.trim();
  return name === '' || name === '.' || name === '..' || name.includes('/') ? null : hostPathFromText(name);
}
