const smoothingMs = 3000;
const sampleMs = 250;

/** How fast bytes come. Both null while nobody can know. */
export interface TransferRate {
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/**
 * A rate smoothed over about three seconds (exponential moving average), sampled at most four times a second.
 * `now` is in milliseconds.
 */
export function createTransferMeter(now: () => number = () => performance.now()): {
  /** `movedBytes`: what came over the network since the start; `leftBytes` null when unknown. */
  measure(movedBytes: number, leftBytes: number | null): TransferRate;
} {
  let lastAt = now();
  let lastBytes = 0;
  let rate: number | null = null;
  return {
    measure(movedBytes, leftBytes) {
      const elapsedMs = now() - lastAt;
      if (elapsedMs >= sampleMs) {
        const current = ((movedBytes - lastBytes) / elapsedMs) * 1000;
        const weight = rate === null ? 1 : 1 - Math.exp(-elapsedMs / smoothingMs);
        rate = Math.max(0, (rate ?? 0) + weight * (current - (rate ?? 0)));
        lastAt += elapsedMs;
        lastBytes = movedBytes;
      }
      const isMoving = rate !== null && rate >= 1;
      return {
        bytesPerSecond: rate,
        secondsLeft: isMoving && rate !== null && leftBytes !== null ? leftBytes / rate : null,
      };
    },
  };
}
