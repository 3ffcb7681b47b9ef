import { baseName } from '#core/contract/hostPath.ts';
import { compareNatural, naturalText } from '#core/contract/naturalOrder.ts';
import type { Sandbox, SandboxChange, SandboxDifference } from '#core/contract/sandboxes.ts';
import type { SandboxSort } from './sandboxesState.ts';

/** The sandboxes that the filter leaves, in the order that was chosen. What is not known comes last, either way. */
export function sandboxRows(
  sandboxes: readonly Sandbox[],
  filter: string,
  { column, isDescending }: SandboxSort,
): readonly Sandbox[] {
  const wanted = filter.trim().toLowerCase();
  const direction = isDescending ? -1 : 1;
  return sandboxes
    .filter(({ path, base }) => `${path} ${base?.from ?? ''}`.toLowerCase().includes(wanted))
    .sort((left, right) => {
      const [a, b] = [sortValue(left, column), sortValue(right, column)];
      const byName = compareText(left.path, right.path);
      if (a === null || b === null) return a === b ? byName : a === null ? 1 : -1;
      const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareText(`${a}`, `${b}`);
      return order === 0 ? byName : direction * order;
    });
}

function sortValue(sandbox: Sandbox, column: SandboxSort['column']): string | number | null {
  switch (column) {
    case 'name':
      return sandbox.name;
    case 'base':
      return sandbox.base?.from ?? null;
    case 'size':
      return sandbox.size?.bytes ?? null;
    case 'snapshots':
      return sandbox.snapshots.length;
    case 'used':
      return sandbox.lastUsedAt ?? sandbox.createdAt;
  }
}

export type ChangeColumn = 'what' | 'path' | 'size';
export interface ChangeSort {
  readonly column: ChangeColumn;
  readonly isDescending: boolean;
}

const changeOrder = { added: 0, changed: 1, removed: 2 } as const;

/** Changed files that the filter leaves, in the order that was chosen; among equals by path. */
export function changeRows(
  files: readonly SandboxChange[],
  filter: string,
  { column, isDescending }: ChangeSort,
): readonly SandboxChange[] {
  const wanted = filter.trim().toLowerCase();
  const direction = isDescending ? -1 : 1;
  const byPath = (left: SandboxChange, right: SandboxChange) =>
    left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
  return files
    .filter(({ path }) => wanted === '' || path.toLowerCase().includes(wanted))
    .sort((left, right) => {
      const order =
        column === 'path'
          ? byPath(left, right)
          : column === 'size'
            ? left.sizeBytes - right.sizeBytes
            : changeOrder[left.what] - changeOrder[right.what];
      return order === 0 ? byPath(left, right) : direction * order;
    });
}

export type PackageChange = SandboxDifference['packages'][number];

/** Changed packages whose name has what was typed, by name. */
export function packageRows(packages: readonly PackageChange[], filter: string): readonly PackageChange[] {
  const wanted = filter.trim().toLowerCase();
  return packages
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((left, right) => compareText(left.name, right.name));
}

/** What became of a package. */
export function packageChange({ before, after }: PackageChange): SandboxChange['what'] {
  return before === null ? 'added' : after === null ? 'removed' : 'changed';
}

/** Of a base, what fits into a row: a path's last name, a reference without its scheme. */
export function shortBase(sandbox: Pick<Sandbox, 'base'>): string | null {
  const from = sandbox.base?.from ?? null;
  if (from === null) return null;
  return from.startsWith('/') ? baseName(from as Sandbox['path']) : from.replace(/^[a-z-]+:\/\//, '');
}

function compareText(left: string, right: string): number {
  return compareNatural(naturalText(left), naturalText(right));
}
