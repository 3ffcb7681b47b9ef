import type { Image } from '#core/contract/images.ts';
import { imageKey } from './imageKey.ts';
import { suggestedName } from './publishForm.ts';

const pushed = new Map<string, string>();
let last: string | null = null;

/** What an image was last pushed as, or where the last one went with this one's name; until the window is closed. */
export function recallReference(image: Image): string {
  const known = pushed.get(imageKey(image));
  if (known !== undefined) return known;
  return last === null ? '' : `${last.slice(0, last.lastIndexOf('/') + 1)}${suggestedName(image.name)}`;
}

/** Keeps where an image was pushed to for the next time. */
export function rememberReference(image: Image, reference: string): void {
  pushed.set(imageKey(image), reference);
  last = reference;
}

/** Forgets all: each test starts afresh. */
export function forgetReferences(): void {
  pushed.clear();
  last = null;
}
