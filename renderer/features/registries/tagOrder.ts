import type { Tag } from '#core/contract/registries.ts';
import { compareNatural, type NaturalText, naturalText } from '#renderer/ui/naturalOrder.ts';

export type TagColumn = 'version' | 'updated' | 'size';
export interface TagSort {
  readonly column: TagColumn;
  readonly isDescending: boolean;
}

/** What cosign keeps beside an image under a tag of its own; nobody looks for it among versions. */
const attachment = /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/;
const keys = new Map<string, NaturalText>();
/** Texts whose sort keys are kept; more are not in view at the same time. */
const keptKeys = 100_000;

/**
 * Tags in the order of a column. By version: numbers by their value, newest first, `latest` before all and what belongs
 * to another tag after all. By time or size: what is not known comes last, whichever way.
 */
export function sortTags(tags: readonly Tag[], sort: TagSort): readonly Tag[] {
  const direction = sort.isDescending ? -1 : 1;
  return [...tags].sort((left, right) => {
    const byRank = rankOf(left) - rankOf(right);
    if (sort.column === 'version') return byRank === 0 ? direction * byName(left, right) : byRank;
    const [first, second] = [factOf(left, sort.column), factOf(right, sort.column)];
    if (first !== null && second !== null && first !== second) return direction * (first - second);
    if ((first === null) !== (second === null)) return first === null ? 1 : -1;
    return byRank === 0 ? -byName(left, right) : byRank;
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

function rankOf({ name }: Tag): number {
  if (name === 'latest') return 0;
  return attachment.test(name) ? 2 : 1;
}

function factOf(tag: Tag, column: 'updated' | 'size'): number | null {
  return column === 'updated' ? tag.updatedAt : tag.sizeBytes;
}

function byName(left: Tag, right: Tag): number {
  return compareNatural(keyOf(left.name), keyOf(right.name));
}

function keyOf(name: string): NaturalText {
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= keptKeys) keys.clear();
  const key = naturalText(name);
  keys.set(name, key);
  return key;
}
