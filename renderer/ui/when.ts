import { useEffect, useState } from 'react';
import { formatDuration } from '#core/contract/quantity.ts';
import { textOf } from '#renderer/i18n/i18n.ts';

const clock = new Intl.DateTimeFormat(undefined, {
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
});
const whole = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'full',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** A moment (milliseconds since 1970) as a time of day; with its day when it is not today's. */
export function clockText(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? clock.format(at) : dayAndClock.format(at);
}

/** A moment in full, for a hover. */
export function wholeTimeText(at: number): string {
  return whole.format(at);
}

/** How long ago a moment was: `just now`, `12 s ago`. */
export function agoText(at: number, now: number): string {
  const seconds = (now - at) / 1000;
  return seconds < 2
    ? textOf('common:time.now')
    : textOf('common:time.ago', { duration: formatDuration(seconds) });
}

/** The present time, told again after each interval while the component is there. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}
