import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';

/** `npm start` itself, with the built product; only the outermost programs (browser, Electron) are stood in for. */
const root = join(import.meta.dirname, '..');
let folder = '';
let started: ChildProcess | null = null;

afterEach(async () => {
  if (started !== null && started.exitCode === null && started.kill('SIGKILL')) await once(started, 'exit');
  started = null;
  rmSync(folder, { recursive: true });
});

interface Start {
  readonly firstLine: string;
  readonly exit: Promise<unknown[]>;
}

/** Starts with only the given program in PATH (and what a script needs). */
async function start(
  program: { name: string; script: string } | null,
  rest: NodeJS.ProcessEnv,
): Promise<Start> {
  folder = mkdtempSync(join(tmpdir(), 'mysingularity-start-'));
  const path = join(folder, 'bin');
  mkdirSync(path);
  if (program !== null) {
    writeFileSync(join(path, program.name), `#!/bin/sh\n${program.script}\n`, { mode: 0o755 });
  }
  const child = spawn(process.execPath, [join(root, 'electron/start.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      HOME: folder,
      PATH: path,
      STARTED: join(folder, 'started'),
      ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'nothing'),
      ...rest,
    },
  });
  started = child;
  const exit = once(child, 'exit');
  const first = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  expect(first.done).toBe(false);
  return { firstLine: String(first.value), exit };
}

/** A browser that notes its process id and stays until it is ended. */
const stayingBrowser = {
  name: 'google-chrome',
  script: 'echo $$ > "$STARTED.new"; /bin/mv "$STARTED.new" "$STARTED"; exec /bin/sleep 1000',
};

async function untilExists(file: string): Promise<string> {
  while (!existsSync(file)) await new Promise((resolve) => setImmediate(resolve));
  return readFileSync(file, 'utf8');
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false; // there is no such process
  }
}

test('without Electron, browser and display it prints an address that answers', async () => {
  const { firstLine } = await start(null, {});
  expect(firstLine).toContain('npm run electron:install');
  const url = /http:\S+#launch=\S+/.exec(firstLine)?.[0] ?? '';
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>MySingularity Workbench</title>');
});

test('a browser without a display is not started', async () => {
  const { firstLine } = await start(stayingBrowser, {});
  expect(firstLine).toContain('#launch=');
});

test('closing the browser’s window ends the workbench and leaves one profile for the next start', async () => {
  const { firstLine, exit } = await start(stayingBrowser, { DISPLAY: ':0' });
  expect(firstLine).toContain('google-chrome');
  expect(firstLine).not.toContain('launch=');
  process.kill(Number(await untilExists(join(folder, 'started'))), 'SIGKILL');
  expect(await exit).toEqual([0, null]);
  expect(
    readdirSync(join(folder, '.cache/mysingularity')).filter((name) => name.startsWith('window-')),
  ).toEqual([expect.stringMatching(/^window-\d+$/)]);
});

test('ending the workbench ends the browser', async () => {
  const { exit } = await start(stayingBrowser, { WAYLAND_DISPLAY: 'wayland-0' });
  const browser = Number(await untilExists(join(folder, 'started')));
  started?.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(isRunning(browser)).toBe(false);
});

test('Electron is started where its binary is, and its exit status is ours', async () => {
  folder = mkdtempSync(join(tmpdir(), 'mysingularity-start-'));
  const electron = join(folder, 'electron');
  writeFileSync(electron, '#!/bin/sh\necho "electron $1 in $PWD"\nexit 7\n', { mode: 0o755 });
  const outer = folder;
  const { firstLine, exit } = await start(null, { ELECTRON_OVERRIDE_DIST_PATH: outer });
  expect(firstLine).toBe(`electron . in ${root}`);
  expect(await exit).toEqual([7, null]);
  rmSync(outer, { recursive: true });
});
