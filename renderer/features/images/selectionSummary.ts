import type { Image, ImageFormat } from '#core/contract/images.ts';
import { totalBytes } from './imageWords.ts';

export interface SelectionSummary {
  /** Of those that are measured. */
  readonly sizeBytes: number;
  readonly unmeasured: number;
  /** Most frequent first. */
  readonly formats: readonly (readonly [ImageFormat, number])[];
  readonly architectures: readonly (readonly [string, number])[];
  readonly signed: number;
  readonly encrypted: number;
  readonly largest: readonly Image[];
}

/** What several images are together. */
export function summarize(images: readonly Image[], largestCount: number): SelectionSummary {
  const measured = images.filter((image) => image.sizeBytes !== null);
  return {
    sizeBytes: totalBytes(images),
    unmeasured: images.length - measured.length,
    formats: countBy(images.map((image) => image.format)),
    architectures: countBy(images.flatMap((image) => image.architecture ?? [])),
    signed: images.filter((image) => image.isSigned).length,
    encrypted: images.filter((image) => image.isEncrypted).length,
    largest: largestOf(measured, largestCount),
  };
}

/** The largest, largest first; equal ones in their order. One pass: the selection may be the whole library. */
function largestOf(images: readonly Image[], count: number): readonly Image[] {
  const largest: Image[] = [];
  for (const image of images) {
    const size = image.sizeBytes ?? 0;
    if (largest.length === count && size <= (largest.at(-1)?.sizeBytes ?? 0)) continue;
    const place = largest.findIndex((other) => (other.sizeBytes ?? 0) < size);
    largest.splice(place < 0 ? largest.length : place, 0, image);
    if (largest.length > count) largest.pop();
  }
  return largest;
}

function countBy<Value>(values: readonly Value[]): readonly (readonly [Value, number])[] {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left);
}
