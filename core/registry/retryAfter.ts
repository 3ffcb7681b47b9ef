const longestSeconds = 7 * 24 * 3600;

/** `Retry-After` (seconds or an HTTP date: RFC 9110, 10.2.3) → whole seconds from `nowMs` on; null when it says nothing usable. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), longestSeconds);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const date = Date.parse(text);
  if (Number.isNaN(date)) return null;
  return Math.min(Math.max(0, Math.ceil((date - nowMs) / 1000)), longestSeconds);
}
