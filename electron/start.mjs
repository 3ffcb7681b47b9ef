/**
 * `npm start`: builds when needed, then opens the workbench in Electron where its binary is present, else in an
 * installed browser, else prints an address.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build.mjs';
import { load } from './compiledCode.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const isRoot = process.getuid?.() === 0;

const electron = findElectron();
// The host of the last build is loaded while the sources are looked at.
const checking = buildIfNeeded();
const loaded = electron === null ? hostOfLastBuild() : null;
const isNew = await checking;
if (electron !== null)
  runInstead(electron, ['.', ...(isRoot ? ['--no-sandbox'] : []), ...process.argv.slice(2)]);
else if (isNew && loaded !== null) runInstead(process.execPath, process.argv.slice(1));
else await startLoopback(loaded ?? loadHost());

/** Null where there is none, or a broken one: that is built anew, or told of when it is loaded again. */
function hostOfLastBuild() {
  try {
    return loadHost();
  } catch {
    return null;
  }
}

function loadHost() {
  const parts = ['serve', 'browser', 'windowProfile'];
  return Object.assign({}, ...parts.map((name) => load(join(root, `dist/node/${name}.cjs`))));
}

/** Looks at files only: requiring the package would try to download its binary. */
function findElectron() {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : defaultName();
  const binary = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  return existsSync(binary) ? binary : null;
}

function defaultName() {
  if (process.platform === 'win32') return 'electron.exe';
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
}

/** Leaves the work to another program: Electron, or this script with the build that is new. */
function runInstead(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
  child.on('error', fail);
  child.on('exit', (status, signal) => process.exit(status ?? (signal === null ? 0 : 1)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}

async function startLoopback({
  openWorkbench,
  listenWithProfile,
  findBrowser,
  hasDisplay,
  openBrowserWindow,
}) {
  const browser = hasDisplay(process.platform, process.env) ? findBrowser(process.env) : null;
  const listen = (port) => openWorkbench({ port });
  const { host: workbench, profile } =
    browser === null
      ? { host: await listen(0), profile: null }
      : await listenWithProfile(process.env, listen);
  const url = workbench.newLaunchUrl();
  let opening = null;
  let isEnding = false;
  const end = async (status) => {
    if (isEnding) return;
    isEnding = true;
    const window = await opening;
    if (window !== null && window.exitCode === null && window.kill()) {
      await new Promise((resolve) => window.once('exit', resolve));
    }
    await profile?.cleanUp();
    await workbench.dispose();
    process.exit(status);
  };
  const finish = (status) => end(status).catch(fail);
  // Before the browser is started, so that none is left behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => finish(0));
  if (browser !== null) {
    const { platform } = process;
    opening = openBrowserWindow({ browser, url, profile: profile.folder, platform, isRoot });
  }
  console.log(
    `Electron's binary is not here (npm run electron:install fetches it): ${
      browser === null ? `open ${url} in a browser on this machine.` : `using ${browser}.`
    }`,
  );
  const window = await opening;
  window?.once('error', fail);
  window?.once('exit', () => finish(0));
  await workbench.createCore().catch(async (error) => {
    console.error(error);
    await end(1);
  });
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
