import type { HistoryLine } from '#core/contract/registries.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

/** Longer lines are whole files in a here-document; nobody reads them in a list. */
const longest = 4000;

/**
 * The instruction that made a step, without what the builders put before it: `/bin/sh -c #(nop)` of Docker's old
 * builder, `RUN /bin/sh -c` and `# buildkit` of BuildKit (`moby/buildkit`, `frontend/dockerfile`).
 */
export function instructionOf(line: Pick<HistoryLine, 'createdBy' | 'comment'>): string {
  const made = line.createdBy.slice(0, longest).trim();
  const bare = made
    .replace(/^\/bin\/(?:ba)?sh -c #\(nop\)\s*/, '')
    .replace(/^(?:RUN )?\/bin\/(?:ba)?sh -c\s+/, 'RUN ')
    .replace(/\s*# buildkit$/, '');
  return showControls(bare === '' ? line.comment.slice(0, longest).trim() : bare);
}
