import '#renderer/ui/tokens.css';
import { beginFirstLine } from '#renderer/api/firstLine.ts';

/** The first script of the page: small, so that the line to core stands when the page itself is loaded (main.tsx). */
beginFirstLine();
await import('./main.tsx');
