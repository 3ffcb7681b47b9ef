import type { Terminal } from '#core/contract/terminals.ts';
import { textOf } from '#renderer/i18n/i18n.ts';

/** `running`, `exit 3`, `ended by SIGKILL`. */
export function statusWords(ended: Terminal['ended']): string {
  if (ended === null) return textOf('shells:running');
  if (ended.signal !== null) return textOf('shells:signalled', { signal: ended.signal });
  return textOf('shells:exited', { status: ended.exitStatus ?? '?' });
}

/** A sentence on how it ended. */
export function endedSentence(ended: NonNullable<Terminal['ended']>): string {
  if (ended.signal !== null) return textOf('shells:ended.signal', { signal: ended.signal });
  if (ended.exitStatus === 0) return textOf('shells:ended.ok');
  return textOf('shells:ended.failed', { status: ended.exitStatus ?? '?' });
}
