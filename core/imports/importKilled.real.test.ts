import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';

const reason = whyMissing('apptainer', 'tiny');
const root = fileURLToPath(new URL('../..', import.meta.url));
let bundle: string;
let folder: string;

/** Processes that still work for this folder. */
const workers = () =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !/^\s*\d+ Z/.test(line));

/** Runs the process of `importer.fixture.ts` to its end; answers with the signal that ended it. */
async function importer(...words: readonly string[]): Promise<string | null> {
  const program = join(bundle, 'importer.mjs');
  const child = spawn(process.execPath, [program, folder, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

describe.skipIf(reason !== null)(
  `an import killed with SIGKILL${reason === null ? '' : ` (${reason})`}`,
  () => {
    beforeAll(async () => {
      bundle = mkdtempSync(join(tmpdir(), 'import-bundle-'));
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
            input: { importer: fileURLToPath(new URL('./importer.fixture.ts', import.meta.url)) },
            output: { format: 'es', entryFileNames: '[name].mjs' },
          },
        },
      });
      const { tiny } = testbed();
      execFileSync(
        'sh',
        ['-c', `cp -a '${tiny.rootfs}' tree && chmod -R u+rwX tree && tar -cJf root.tar.xz -C tree .`],
        {
          cwd: bundle,
        },
      );
    });
    afterAll(() => rmSync(bundle, { recursive: true, force: true }));
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'import-killed-'));
      mkdirSync(join(folder, 'images'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it.each([
      ['verify', 'sif', 0],
      ['unpack', 'sif', 0],
      ['unpack', 'sandbox', 20],
      ['convert', 'sif', 0],
      ['convert', 'sif', 150],
      ['convert', 'sandbox', 100],
      ['finish', 'sandbox', 0],
    ] as const)(
      'in phase %s to a %s, after %d ms, leaves nothing to the next start',
      async (phase, form, afterMs) => {
        const library = join(folder, 'images');
        const source = join(bundle, 'root.tar.xz');
        const signal = await importer(source, form, phase, String(afterMs));
        if (signal === 'SIGKILL' && afterMs === 0) expect(existsSync(join(library, 'made'))).toBe(false);
        if (existsSync(join(library, 'made')))
          execFileSync('apptainer', ['exec', join(library, 'made'), 'true']);
        await vi.waitFor(() => expect(workers()).toEqual([]), { timeout: 20_000, interval: 50 });
        await importer();
        expect(readdirSync(library).filter((name) => name !== 'made')).toEqual([]);
        expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
        const records = join(folder, 'state', 'work');
        expect(existsSync(records) ? readdirSync(records) : []).toEqual([]);
      },
    );

    it('copying a file leaves nothing to the next start', async () => {
      expect(await importer(testbed().tiny.sif, 'sif', 'copy', '0')).toBe('SIGKILL');
      await importer();
      expect(readdirSync(join(folder, 'images'))).toEqual([]);
      expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    });
  },
);
