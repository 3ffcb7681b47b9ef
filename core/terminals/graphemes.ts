/**
 * The addon reads its tables from `Buffer.from(…).buffer` as if they began at its start (0.4.0,
 * src/third-party/unicode-trie.ts), which fails whenever node takes that buffer from its shared pool. So it is loaded
 * without the pool.
 */
import './withoutPool.ts';

import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { restorePool } from './withoutPool.ts';

restorePool();

/** Widths of characters as the page counts them: whole emoji, combining marks. */
export { UnicodeGraphemesAddon };
