import type { Rate } from '#core/contract/registries.ts';

/**
 * How many requests are left, as an answer says: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600`
 * (Docker Hub's documentation, "Pull usage and limits"); null where it says nothing.
 */
export function rateIn(headers: Headers, now: number): Rate | null {
  const limit = countIn(headers.get('ratelimit-limit'));
  const remaining = countIn(headers.get('ratelimit-remaining'));
  if (limit === null || remaining === null) return null;
  return {
    limit: limit.count,
    remaining: remaining.count,
    windowSeconds: limit.windowSeconds,
    measuredAt: now,
  };
}

function countIn(
  value: string | null,
): { readonly count: number; readonly windowSeconds: number | null } | null {
  const found = /^\s*(\d{1,12})\s*(?:;\s*w\s*=\s*(\d{1,9}))?/.exec(value ?? '');
  if (found === null) return null;
  return { count: Number(found[1]), windowSeconds: found[2] === undefined ? null : Number(found[2]) };
}
