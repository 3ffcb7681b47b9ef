/**
 * Builds everything into `dist/`:
 *   renderer/                the page
 *   node/mysingularity.js    the command line, with `serve`; node/commandLine.cjs what it loads
 *   node/serve.cjs           the loopback host for start.mjs; node/browser.cjs its window, node/windowProfile.cjs where that keeps its things
 *   node/*.compiled          what V8 had compiled of them (compiledCode.mjs)
 *   electron/main.js         Electron's main process; electron/preload.cjs its preload
 * `--if-needed` does nothing when no source is newer than the last build.
 */
import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  constants,
  copyFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
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
  // Asked at once: it looks while the caller does other things.
  const finding = findNewerSource();
  const builtAt = await timeOf(stamp);
  if (builtAt > 0 && !((await finding) ?? (await hasNewerSource(builtAt)))) return false;
  if (builtAt > 0 && !(await isWritable(root))) {
    console.error('The build is older than its sources, and you may not write here: starting it as it is.');
    return false;
  }
  await build();
  return true;
}

/** Whether find(1) finds a source that is newer than the last build; null where there is no find, or no build. */
async function findNewerSource() {
  const newer = ['-newer', stamp, '!', '-name', '*.test.ts', '!', '-name', '*.test.tsx', '-print'];
  const found = await promisify(execFile)('find', [...sources, ...newer], { cwd: root }).catch(() => null);
  return found === null ? null : found.stdout !== '';
}

async function hasNewerSource(builtAt) {
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
        nodeSide(join(fresh, 'node'), 'cjs', {
          commandLine: 'core/cli/main.ts',
          serve: 'core/serve/main.ts',
          browser: 'core/serve/browser.ts',
          windowProfile: 'core/serve/windowProfile.ts',
        }),
      ),
      viteBuild(nodeSide(join(fresh, 'electron'), 'es', { main: 'electron/main.ts' })),
      viteBuild(nodeSide(join(fresh, 'electron'), 'cjs', { preload: 'electron/preload.ts' })),
    ]);
    await copyFile(join(root, 'electron/mysingularity.mjs'), join(fresh, 'node/mysingularity.js'));
    await copyFile(join(root, 'electron/compiledCode.mjs'), join(fresh, 'node/compiledCode.mjs'));
    await chmod(join(fresh, 'node/mysingularity.js'), 0o755);
    await promisify(execFile)(process.execPath, [join(root, 'electron/rehearsal.mjs'), join(fresh, 'node')]);
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
  const suffix = format === 'cjs' ? 'cjs' : 'js';
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
        // What entries have in common does not go into one of them: core is not to load the command line.
        preserveEntrySignatures: 'strict',
        output: {
          format,
          entryFileNames: `[name].${suffix}`,
          chunkFileNames: `[name]-[hash].${suffix}`,
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
