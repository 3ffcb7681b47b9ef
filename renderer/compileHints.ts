import type { Plugin } from 'vite';

/** Chunks of what runs until the first picture. */
const firstPicture: ReadonlySet<string> = new Set(['index', 'line', 'main', 'frame']);
/** V8's explicit compile hint for a whole file; it has to be the first line. */
const hint = '//# allFunctionsCalledOnLoad';

/**
 * Tells the browser that everything of the first picture's chunks runs at once. They are then compiled whole and kept so:
 * else the functions of the first rendering, which come after what the browser keeps compiled, are compiled while it
 * lasts, at every start.
 */
export function compileFirstPictureWhole(): Plugin {
  return {
    name: 'compile-first-picture-whole',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const chunk of Object.values(bundle))
          if (chunk.type === 'chunk' && firstPicture.has(chunk.name)) chunk.code = `${hint}\n${chunk.code}`;
      },
    },
  };
}
