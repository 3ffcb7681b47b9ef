import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compileFirstPictureWhole } from './compileHints.ts';
import { createFirstPictureChunk } from './firstPictureChunk.ts';
import { preloadPage } from './preloads.ts';

/** What start.ts needs. */
const firstScript = new RegExp(
  [
    'renderer/api/(?:door|firstLine|client|connection|callsAhead)\\.ts',
    'renderer/app/firstAsks\\.ts',
    'renderer/state/rememberedHost\\.ts',
    'node_modules/@orpc/(?:client|shared|standard-server|standard-server-peer)/',
    'preload-helper',
  ]
    .join('|')
    .replaceAll('/', '[\\\\/]'),
);

/** The page: built to `dist/renderer`, or served with hot reloading by `electron/dev.mjs`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react(), tailwindcss(), preloadPage(), compileFirstPictureWhole()],
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
            // Stands alone: it opens the line to core, and asks, while the rest is still being read.
            { name: 'line', test: firstScript, priority: 1 },
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
