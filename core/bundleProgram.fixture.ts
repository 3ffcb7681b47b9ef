import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A fixture as a program of its own in `folder`: node runs no TypeScript. Answers with the program's path. */
export async function bundleProgram(source: URL, folder: string): Promise<string> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const name = basename(source.pathname, '.fixture.ts');
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
        input: { [name]: fileURLToPath(source) },
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
  return join(folder, `${name}.mjs`);
}
