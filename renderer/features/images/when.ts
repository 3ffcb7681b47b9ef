/** A moment as people say it; the words for `today` and `yesterday` belong to the language file. */
export type When =
  | { readonly kind: 'today' | 'yesterday'; readonly time: string }
  | { readonly kind: 'date'; readonly date: string };

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const wholeFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
/** Farther from 1970 than this, a moment is no date any more (ECMAScript, "Time values"). */
const farthestMs = 8.64e15;

/** Milliseconds since 1970 → `today 09:12`, `yesterday`, `18 Nov`, `18 Nov 2024`; null for what is no date. */
export function whenParts(at: number, now: number): When | null {
  if (!isDate(at)) return null;
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return { kind: 'today', time: timeFormat.format(at) };
  if (days === 1) return { kind: 'yesterday', time: timeFormat.format(at) };
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return { kind: 'date', date: (isThisYear ? dayFormat : dateFormat).format(at) };
}

/** The whole moment, for details and hovers: `18 November 2026 at 09:12:31`; null for what is no date. */
export function wholeMoment(at: number): string | null {
  return isDate(at) ? wholeFormat.format(at) : null;
}

function isDate(at: number): boolean {
  return Math.abs(at) <= farthestMs;
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
