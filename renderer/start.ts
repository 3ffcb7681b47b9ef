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
takeFetched();
await Promise.race([
  askForFirstPicture(),
  new Promise((resolve) => {
    setTimeout(resolve, longestWaitMs);
  }),
]);
await import('./main.tsx');

/** Compiles scripts that the browser has fetched, and applies styles, while the line to core is being opened. */
function takeFetched(): void {
  for (const { href, as } of document.querySelectorAll<HTMLLinkElement>('link[rel=preload]')) {
    const rel = { script: 'modulepreload', style: 'stylesheet' }[as];
    if (rel === undefined) continue;
    document.head.append(Object.assign(document.createElement('link'), { rel, crossOrigin: '', href }));
  }
}
