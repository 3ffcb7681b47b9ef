import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** `builder.fixture.ts` as a program of its own: node runs no TypeScript. Answers with its path. */
export async function bundleBuilder(folder: string): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['node-pty', 'vite'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      copyPublicDir: false,
      rollupOptions: {
        input: { builder: fileURLToPath(new URL('./builder.fixture.ts', import.meta.url)) },
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
  return join(folder, 'builder.mjs');
}
