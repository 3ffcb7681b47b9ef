/** One figure of ours beside the peer's from the same run. */
export interface Comparison {
  /** What was measured: `cold pull, gzip 9`. */
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** Null where a figure stands for itself, such as frames per second. */
  readonly peer: { readonly name: string; readonly value: number } | null;
  /** `ratio` is ours divided by the peer's; null for a figure that is reported only. */
  readonly goal: {
    readonly of: 'ratio' | 'ours';
    readonly atMost?: number;
    readonly atLeast?: number;
  } | null;
}

/** Prints `what: ours, peer, ratio, goal`, and says whether the goal is reached. */
export function report(comparison: Comparison): void {
  const { what, unit, ours, peer, goal } = comparison;
  const ratio = peer === null ? null : ours / peer.value;
  const parts = [`${figure(ours)} ${unit}`];
  if (peer !== null) parts.push(`${peer.name} ${figure(peer.value)} ${unit}`, `ratio ${figure(ratio ?? 0)}`);
  if (goal !== null) parts.push(goalText(goal, goal.of === 'ours' ? ours : (ratio ?? Number.NaN)));
  console.log(`  ${what}: ${parts.join(', ')}`);
}

function goalText(goal: NonNullable<Comparison['goal']>, value: number): string {
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = goal;
  const words = goal.atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return `goal ${goal.of} ${words}: ${value <= atMost && value >= atLeast ? 'reached' : 'MISSED'}`;
}

/** Three significant digits. */
function figure(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** The middle of the values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
