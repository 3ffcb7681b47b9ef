import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { createFirstPictureChunk } from './firstPictureChunk.ts';
import { preloadPage } from './preloads.ts';

/** The page: built to `dist/renderer`, or served with hot reloading by `electron/dev.mjs`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react(), tailwindcss(), preloadPage()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    // The page's Content-Security-Policy has no inline script and no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    // What the first picture needs comes as few files: dozens of small ones are felt at the start.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Stands alone: it opens the line to core while the rest is still being read.
            {
              name: 'line',
              test: /[\\/]renderer[\\/]api[\\/](?:door|firstLine)\.ts|preload-helper/,
              priority: 1,
            },
            {
              debugName: 'frame',
              name: createFirstPictureChunk(fileURLToPath(new URL('main.tsx', import.meta.url))),
            },
          ],
        },
      },
    },
  },
});
