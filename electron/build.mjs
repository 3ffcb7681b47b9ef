/**
 * Builds everything into `dist/`:
 *   renderer/                the page
 *   node/mysingularity.js    the command line, with `serve`
 *   node/serve.js            the loopback host for start.mjs; node/browser.js its window, node/windowProfile.js where that keeps its things
 *   electron/main.js         Electron's main process; electron/preload.cjs its preload
 *   shared/                  what they have in common
 * `--if-needed` does nothing when no source is newer than the last build.
 */
import { execFile } from 'node:child_process';
import { access, chmod, constants, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'dist');
const stamp = join(output, '.built');
const sources = [
  'core',
  'electron',
  'renderer',
  'assets',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** Builds when a source is newer than the last build, and the folder may be written to. Says whether it did. */
export async function buildIfNeeded() {
  const builtAt = await timeOf(stamp);
  if (builtAt > 0 && !(await hasNewerSource(builtAt))) return false;
  if (builtAt > 0 && !(await isWritable(root))) {
    console.error('The build is older than its sources, and you may not write here: starting it as it is.');
    return false;
  }
  await build();
  return true;
}

/** Asks find(1), which looks through the sources while node does other things; where there is none, node looks itself. */
async function hasNewerSource(builtAt) {
  const newer = ['-newer', stamp, '!', '-name', '*.test.ts', '!', '-name', '*.test.tsx', '-print'];
  const found = await promisify(execFile)('find', [...sources, ...newer], { cwd: root }).catch(() => null);
  if (found !== null) return found.stdout !== '';
  const times = await Promise.all(sources.map((name) => newestIn(join(root, name))));
  return Math.max(...times) > builtAt;
}

function isWritable(path) {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Builds beside the last build and then takes its place, so that a running workbench keeps whole files. */
async function build() {
  const startedAt = new Date();
  const { build: viteBuild } = await import('vite');
  const fresh = join(root, `dist.new-${process.pid}`);
  try {
    await Promise.all([
      viteBuild({
        configFile: join(root, 'renderer/vite.config.ts'),
        logLevel: 'warn',
        build: { outDir: join(fresh, 'renderer') },
      }),
      viteBuild(
        nodeSide(fresh, 'es', {
          'node/mysingularity': 'core/cli/main.ts',
          'node/serve': 'core/serve/main.ts',
          'node/browser': 'core/serve/browser.ts',
          'node/windowProfile': 'core/serve/windowProfile.ts',
          'electron/main': 'electron/main.ts',
        }),
      ),
      viteBuild(nodeSide(fresh, 'cjs', { 'electron/preload': 'electron/preload.ts' })),
    ]);
    await chmod(join(fresh, 'node/mysingularity.js'), 0o755);
    await writeFile(join(fresh, '.built'), '');
    // What changed during the build counts as newer.
    await utimes(join(fresh, '.built'), startedAt, startedAt);
    await replace(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function nodeSide(folder, format, entries) {
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, source]) => [name, join(root, source)]),
  );
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    // ws looks for these two and does without them
    ssr: { noExternal: true, external: ['electron', 'node-pty', 'bufferutil', 'utf-8-validate'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      reportCompressedSize: false,
      copyPublicDir: false,
      rollupOptions: {
        input,
        output: {
          format,
          entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
          chunkFileNames: 'shared/[name]-[hash].js',
        },
      },
    },
  };
}

async function replace(fresh) {
  const old = join(root, `dist.old-${process.pid}`);
  await rename(output, old).catch(ignoreMissing);
  await rename(fresh, output);
  await rm(old, { recursive: true, force: true });
}

/** Time of the newest file or folder below a path; tests do not count. A removed file shows in its folder's time. */
async function newestIn(path) {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const counted = entries.filter((entry) => !/\.test\.tsx?$/.test(entry.name));
  const times = await Promise.all(
    [path, ...counted.map((entry) => join(entry.parentPath, entry.name))].map(timeOf),
  );
  return Math.max(...times);
}

/** Milliseconds since 1970; 0 where nothing is. */
async function timeOf(path) {
  return (await stat(path).catch(ignoreMissing))?.mtimeMs ?? 0;
}

function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await (process.argv.includes('--if-needed') ? buildIfNeeded() : build());
}
