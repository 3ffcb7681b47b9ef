import type { Image } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { whenParts } from './when.ts';

/** Milliseconds since 1970 → `today 09:12`; `unknown` for what is no date. */
export function whenText(at: number, now: number): string {
  const when = whenParts(at, now);
  if (when === null) return textOf('images:unknown');
  return when.kind === 'date' ? when.date : textOf(`images:${when.kind}`, { time: when.time });
}

/** `412 MB`, or that nobody has measured it. */
export function sizeText(image: Image): string {
  return image.sizeBytes === null ? textOf('images:notMeasured') : formatBytes(image.sizeBytes);
}

/** Sizes of several images together; those that are not measured count nothing. */
export function totalBytes(images: readonly Image[]): number {
  return images.reduce((sum, image) => sum + (image.sizeBytes ?? 0), 0);
}
