import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = mkdtempSync(join(tmpdir(), 'encrypt-bundle-'));
let folder: string;

beforeEach((context) => {
  const reason = whyMissing('apptainer', 'tiny');
  if (reason !== null) context.skip(reason);
});
beforeAll(async () => {
  symlinkSync(join(root, 'node_modules'), join(bundle, 'node_modules'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['node-pty'] },
    build: {
      ssr: true,
      outDir: bundle,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      copyPublicDir: false,
      rollupOptions: {
        input: { encrypter: fileURLToPath(new URL('./encrypter.fixture.ts', import.meta.url)) },
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'encrypt-killed-'));
  mkdirSync(join(folder, 'images'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the process of `encrypter.fixture.ts` to its end; answers with the signal that ended it. */
async function encrypter(...words: readonly string[]): Promise<string | null> {
  const child = spawn(process.execPath, [join(bundle, 'encrypter.mjs'), folder, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

/** Processes that still work for this folder. */
const workers = () =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !/^\s*\d+ Z/.test(line));

test.each([0, 150, 600])(
  'an encryption killed with SIGKILL after %d ms leaves no image, and nothing to the next start',
  async (afterMs) => {
    const images = join(folder, 'images');
    expect(await encrypter(testbed().tiny.sif, String(afterMs))).toBe('SIGKILL');
    expect(readdirSync(images)).toEqual([expect.stringMatching(/^\.encrypting-/)]);
    await vi.waitFor(() => expect(workers()).toEqual([]), { timeout: 20_000, interval: 50 });
    await encrypter();
    expect(readdirSync(images)).toEqual([]);
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  },
);
