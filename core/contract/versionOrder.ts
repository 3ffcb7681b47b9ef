const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });
/** Suffixes of versions that come before the version itself: `1.2-rc1` is older than `1.2`. */
const early = /[-._]?(?:alpha|beta|rc|dev|pre|a|b)\.?\d*$/i;

/**
 * Orders tags as people count versions: `1.9` before `1.10`, `1.2-rc1` before `1.2`, names without a number before those
 * with one, and `latest` after everything, so that it is on top of a list that is turned around.
 */
export function compareVersions(one: string, other: string): number {
  return rank(one) - rank(other) || compareNumbers(one, other) || collator.compare(one, other);
}

function rank(tag: string): number {
  if (tag === 'latest') return 2;
  return /^v?\d/i.test(tag) ? 1 : 0;
}

function compareNumbers(one: string, other: string): number {
  const base = (tag: string) => tag.replace(/^v(?=\d)/i, '').replace(early, '');
  const byBase = collator.compare(base(one), base(other));
  if (byBase !== 0) return byBase;
  return Number(!early.test(one)) - Number(!early.test(other));
}
