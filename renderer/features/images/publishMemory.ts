import type { TaskId } from '#core/contract/ids.ts';
import type { Image } from '#core/contract/images.ts';
import { imageKey } from './imageKey.ts';
import { suggestedName } from './suggestedName.ts';

const pushed = new Map<string, string>();
const begun = new Map<TaskId, Image>();
let last: string | null = null;

/** What an image was last pushed as, or where the last one went with this one's name; until the window is closed. */
export function recallReference(image: Image): string {
  const known = pushed.get(imageKey(image));
  if (known !== undefined) return known;
  return last === null ? '' : `${last.slice(0, last.lastIndexOf('/') + 1)}${suggestedName(image.name)}`;
}

/** The image of a push that was begun here; a task does not say it. */
export function imageOfPush(taskId: TaskId): Image | null {
  return begun.get(taskId) ?? null;
}

/** Keeps where an image was pushed to for the next time. */
export function rememberPush(taskId: TaskId, image: Image, reference: string): void {
  begun.set(taskId, image);
  pushed.set(imageKey(image), reference);
  last = reference;
}

/** Forgets all: each test starts afresh. */
export function forgetReferences(): void {
  pushed.clear();
  begun.clear();
  last = null;
}
