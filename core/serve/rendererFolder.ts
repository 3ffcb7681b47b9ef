import { join } from 'node:path';

/**
 * Where the build puts the page. The node side's files lie flat in folders of `dist/` beside it, so this holds for
 * each of them.
 */
export function rendererFolder(): string {
  return join(import.meta.dirname, '..', 'renderer');
}
