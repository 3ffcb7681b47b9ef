import type { ComparedEntry, ComparisonTotals, EntryAspect, FileDifference } from '#core/contract/compare.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { textOf } from '#renderer/i18n/i18n.ts';

export type Change = 'added' | 'removed' | 'changed';

/** Whether something is added, removed or changed, from what either image has of it. */
export function changeOf({ left, right }: { readonly left: unknown; readonly right: unknown }): Change {
  if (left === null) return 'added';
  return right === null ? 'removed' : 'changed';
}

/** What differs about a name: `content, mode 0644 → 0755`; of what only one image has, what it is. */
export function whatDiffers({ left, right, aspects }: FileDifference): string {
  if (left === null || right === null) return entryWords(left ?? right);
  return aspects.map((aspect) => aspectWords(aspect, left, right)).join(', ');
}

/** Size of a file; of everything else that it has none. */
export function entrySize(entry: ComparedEntry | null): string {
  return entry === null || entry.sizeBytes === null ? textOf('compare:nobody') : formatBytes(entry.sizeBytes);
}

function entryWords(entry: ComparedEntry | null): string {
  if (entry === null) return '';
  return entry.target === null
    ? textOf(`compare:kinds.${entry.kind}`)
    : textOf('compare:leadsTo', { target: entry.target });
}

function aspectWords(aspect: EntryAspect, left: ComparedEntry, right: ComparedEntry): string {
  switch (aspect) {
    case 'kind':
      return textOf('compare:aspects.kind', {
        left: textOf(`compare:kinds.${left.kind}`),
        right: textOf(`compare:kinds.${right.kind}`),
      });
    case 'mode':
      return textOf('compare:aspects.mode', { left: octal(left.mode), right: octal(right.mode) });
    case 'target':
      return textOf('compare:aspects.target', { left: left.target ?? '', right: right.target ?? '' });
    case 'content':
    case 'device':
      return textOf(`compare:aspects.${aspect}`);
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** How many names were added, removed and changed, with their sizes, in words; kinds that did not happen are left out. */
export function changeTotals(
  totals: ComparisonTotals,
): readonly { readonly change: Change; readonly words: string }[] {
  const { added, removed, changed, changedBytes } = totals;
  const all = [
    { change: 'added' as const, count: added, size: { size: formatBytes(totals.addedBytes) } },
    { change: 'removed' as const, count: removed, size: { size: formatBytes(totals.removedBytes) } },
    {
      change: 'changed' as const,
      count: changed,
      size: { left: formatBytes(changedBytes.left), right: formatBytes(changedBytes.right) },
    },
  ];
  return all.flatMap(({ change, count, size }) =>
    count === 0 ? [] : [{ change, words: textOf(`compare:totals.${change}`, { count, ...size }) }],
  );
}
