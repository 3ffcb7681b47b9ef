import type { VerdictGroup } from '#core/contract/hosts.ts';

// The contract's own order; its module would bring the schema library.
const order: readonly VerdictGroup[] = [
  'runtime',
  'privilege',
  'mounts',
  'storage',
  'hardware',
  'cluster',
  'tools',
  'network',
];

/** Things by what they are about, in the order of the page; groups without any are left out. */
export function inGroups<Item extends { readonly group: VerdictGroup }>(
  items: readonly Item[],
): readonly { readonly group: VerdictGroup; readonly items: readonly Item[] }[] {
  return order
    .map((group) => ({ group, items: items.filter((item) => item.group === group) }))
    .filter(({ items: grouped }) => grouped.length > 0);
}
