import { compareNatural, type NaturalText, naturalText } from './naturalOrder.ts';

/** A tag, prepared for many comparisons. */
export interface VersionKey {
  readonly rank: number;
  readonly base: NaturalText;
  readonly isEarly: boolean;
  readonly whole: NaturalText;
}

/** Suffixes of versions that come before the version itself: `1.2-rc1` is older than `1.2`. */
const early = /[-._]?(?:alpha|beta|rc|dev|pre|a|b)\.?\d*$/i;
/** What cosign keeps beside an image under a tag of its own; nobody looks for it among versions. */
const attachment = /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/;

/** Prepares a tag. */
export function versionKey(tag: string): VersionKey {
  const plain = tag.replace(/^v(?=\d)/i, '');
  return {
    rank: rankOf(tag),
    base: naturalText(plain.replace(early, '')),
    isEarly: early.test(plain),
    whole: naturalText(tag),
  };
}

/**
 * Orders tags as people count versions: `1.9` before `1.10`, `1.2-rc1` before `1.2`, names before versions, what belongs
 * to another tag before all, and `latest` after everything, so that it is on top of a list that is turned around.
 */
export function compareVersionKeys(one: VersionKey, other: VersionKey): number {
  return (
    one.rank - other.rank ||
    compareNatural(one.base, other.base) ||
    Number(other.isEarly) - Number(one.isEarly) ||
    compareNatural(one.whole, other.whole)
  );
}

/** The same for two texts. */
export function compareVersions(one: string, other: string): number {
  return compareVersionKeys(versionKey(one), versionKey(other));
}

function rankOf(tag: string): number {
  if (tag === 'latest') return 3;
  if (attachment.test(tag)) return 0;
  return /^v?\d/i.test(tag) ? 2 : 1;
}
