import type { TrustKey } from '#core/contract/trust.ts';

/** A key with a name of its own in the list: one key may be in both rings, and unreadable ones have no fingerprint. */
export interface KeyRow {
  readonly id: string;
  readonly key: TrustKey;
}

/** The keys that match a filter: words in the names, or digits of the fingerprint with or without spaces. */
export function keyRows(keys: readonly TrustKey[], filter: string): readonly KeyRow[] {
  const wanted = filter.trim().toLowerCase();
  const digits = wanted.replaceAll(/\s/g, '').replace(/^0x/, '');
  return keys.flatMap((key, index) => {
    const isShown =
      wanted === '' ||
      key.userIds.some((userId) => userId.toLowerCase().includes(wanted)) ||
      key.fingerprint.toLowerCase().includes(digits);
    const name = key.fingerprint === '' ? `unreadable ${index}` : key.fingerprint;
    return isShown ? [{ id: `${key.ring} ${name}`, key }] : [];
  });
}

/** `2E2C 91AF …`: a fingerprint as people read it to each other. */
export function fingerprintGroups(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/g)?.join(' ') ?? '';
}
