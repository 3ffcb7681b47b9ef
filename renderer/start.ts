import '#renderer/ui/tokens.css';
import { beginFirstLine } from '#renderer/api/firstLine.ts';
import { askForFirstPicture } from '#renderer/app/firstAsks.ts';

/** Longer than this the page itself is not kept waiting: core may not be there yet. */
const longestWaitMs = 60;

/**
 * The first script of the page: small, so that core has been asked for what is shown first when the page itself (main.tsx)
 * is evaluated, in one go that no message from core gets between. It has come by then, and is compiled.
 */
beginFirstLine();
await Promise.race([
  askForFirstPicture(),
  new Promise((resolve) => {
    setTimeout(resolve, longestWaitMs);
  }),
]);
await import('./main.tsx');
