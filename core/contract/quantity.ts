/** Sizes, rates and times as people read them. Decimal units (1 GB = 10^9 bytes), as disks and quotas are sold. */

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 1234567 → `1.2 MB`; below 1000 bytes exact. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${sizeUnits[unit]}`;
}

/** Bytes a second → `48 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Seconds → `9 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoParts(whole, 60, 'min', 's');
  if (whole < 86_400) return twoParts(Math.round(whole / 60), 60, 'h', 'min');
  return twoParts(Math.round(whole / 3600), 24, 'd', 'h');
}

function twoParts(value: number, divisor: number, big: string, small: string): string {
  const rest = value % divisor;
  const whole = `${Math.floor(value / divisor)} ${big}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
