import type { Overlay } from '#core/contract/overlays.ts';
import type { BadgeTone } from '#renderer/ui/Badge.tsx';

export type OverlayStateWord = 'writing' | 'open' | 'free' | 'unclean' | 'unknown';

/** How an overlay stands, in a word. */
export function overlayState({ holders, wasUnmountedInOrder }: Overlay): OverlayStateWord {
  if (holders.some(({ isWriting }) => isWriting)) return 'writing';
  if (holders.length > 0) return 'open';
  if (wasUnmountedInOrder === null) return 'unknown';
  return wasUnmountedInOrder ? 'free' : 'unclean';
}

export const stateTones: Readonly<Record<OverlayStateWord, BadgeTone>> = {
  writing: 'accent',
  open: 'accent',
  free: 'plain',
  unclean: 'warn',
  unknown: 'plain',
};

/** How full, from 0 to 1; null where nobody knows. */
export function fillOf({ usedBytes, sizeBytes }: Overlay): number | null {
  return usedBytes === null || sizeBytes === 0 ? null : Math.min(1, usedBytes / sizeBytes);
}
