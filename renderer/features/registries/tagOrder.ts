import type { Tag } from '#core/contract/registries.ts';
import { compareVersionKeys, type VersionKey, versionKey } from '#core/contract/versionOrder.ts';

export type TagColumn = 'version' | 'updated' | 'size';
export interface TagSort {
  readonly column: TagColumn;
  readonly isDescending: boolean;
}

const keys = new Map<string, VersionKey>();
/** Texts whose sort keys are kept; more are not in view at the same time. */
const keptKeys = 100_000;

/**
 * Tags in the order of a column. By version, as `compareVersionKeys` counts them; `latest` stays before all and what
 * belongs to another tag after all when it is turned around. By time or size: what is not known comes last, whichever way.
 */
export function sortTags(tags: readonly Tag[], sort: TagSort): readonly Tag[] {
  const direction = sort.isDescending ? -1 : 1;
  return [...tags].sort((left, right) => {
    if (sort.column === 'version') return inPlace(left, right) ?? direction * byVersion(left, right);
    const [first, second] = [factOf(left, sort.column), factOf(right, sort.column)];
    if (first !== null && second !== null && first !== second) return direction * (first - second);
    if ((first === null) !== (second === null)) return first === null ? 1 : -1;
    return -byVersion(left, right);
  });
}

/** Tags whose names, or digests from their beginning, hold what was typed. */
export function filterTags(tags: readonly Tag[], typed: string): readonly Tag[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return tags;
  return tags.filter(
    ({ name, digest }) =>
      name.toLowerCase().includes(wanted) ||
      (wanted.length >= 4 && digest !== null && digest.replace(/^sha\d+:/, '').startsWith(wanted)),
  );
}

/** What keeps its place whichever way the list is turned; null for two ordinary tags. */
function inPlace(left: Tag, right: Tag): number | null {
  const [first, second] = [keyOf(left.name).rank, keyOf(right.name).rank];
  const isFixed = (rank: number) => rank === 0 || rank === 3;
  return first !== second && (isFixed(first) || isFixed(second)) ? second - first : null;
}

function factOf(tag: Tag, column: 'updated' | 'size'): number | null {
  return column === 'updated' ? tag.updatedAt : tag.sizeBytes;
}

function byVersion(left: Tag, right: Tag): number {
  return compareVersionKeys(keyOf(left.name), keyOf(right.name));
}

function keyOf(name: string): VersionKey {
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= keptKeys) keys.clear();
  const key = versionKey(name);
  keys.set(name, key);
  return key;
}
