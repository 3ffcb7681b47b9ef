/**
 * The addon reads its tables from `Buffer.from(…).buffer` as if they began at its start (0.4.0,
 * src/third-party/unicode-trie.ts), which fails whenever node takes that buffer from its shared pool. So it is loaded
 * without the pool.
 */
const poolSize = Buffer.poolSize;
Buffer.poolSize = 0;
const addon = await import('@xterm/addon-unicode-graphemes');
Buffer.poolSize = poolSize;

/** Widths of characters as the page counts them: whole emoji, combining marks. */
export const UnicodeGraphemesAddon = addon.UnicodeGraphemesAddon;
