import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../fixtures/folders.ts';
import { createPerson, type Person } from '../fixtures/person.ts';
import { testbed } from '../testbed/testbed.ts';
import { startDisplay } from './display.ts';
import { freePort, probePage } from './pageProbe.ts';
import { median, report } from './report.ts';

const runs = 7;
const bed = testbed();

/** When the row of the library's only image is painted, in milliseconds since 1970. */
const dataShown = `new Promise((resolve) => {
  const look = () => document.querySelector('[role=grid] [role=row][data-index="0"]') === null
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
  look();
})`;

/** When the load event of an empty page was over. */
const blankLoaded = `new Promise((resolve) => {
  const look = () => {
    const [entry] = performance.getEntriesByType('navigation');
    if (location.protocol === 'file:' && entry?.loadEventEnd > 0) resolve(performance.timeOrigin + entry.loadEventEnd);
    else setTimeout(look, 1);
  };
  look();
})`;

/** When an empty page of a loopback host was painted. */
const blankPainted = `new Promise((resolve) => {
  const look = () => location.protocol === 'http:' && document.readyState === 'complete'
    ? requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()))
    : requestAnimationFrame(look);
  look();
})`;

/** Milliseconds from the start of a command until its window gives the moment that the expression waits for. */
async function timeToWindow(
  start: (port: number) => Promise<ChildProcess>,
  expression: string,
): Promise<number> {
  const port = await freePort();
  const startedAt = Date.now();
  const child = await start(port);
  const ended = once(child, 'exit');
  const probe = await probePage(port);
  const at = Number(await probe.evaluate(expression));
  probe.closeBrowser();
  await ended;
  return at - startedAt;
}

/** The same arguments as core/serve/browser.ts gives. */
const windowArguments = (url: string, profile: string): readonly string[] => [
  `--app=${url}`,
  `--user-data-dir=${profile}`,
  '--no-first-run',
  '--no-default-browser-check',
  '--hide-crash-restore-bubble',
  `--disk-cache-size=${32 * 1024 * 1024}`,
  '--disable-sync',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-features=BackgroundResourceFetch',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--window-size=1280,800',
];

/**
 * A project whose `npm start` opens a blank page the way ours opens the workbench: a loopback host and a window on it,
 * both with the port and the profile of the last time.
 */
async function writeBlankProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "blank", "scripts": { "start": "node start.mjs" } }',
  );
  const lines = [
    "import { createServer } from 'node:http';",
    "import { spawn } from 'node:child_process';",
    "const server = createServer((_, response) => response.end('<!doctype html><title>Blank</title>'));",
    "server.listen(Number(process.env.BLANK_PORT), '127.0.0.1', () => {",
    "  const url = 'http://127.0.0.1:' + server.address().port + '/';",
    "  const profile = process.env.HOME + '/profile-blank';",
    `  const args = ${JSON.stringify(windowArguments('URL', 'PROFILE'))};`,
    "  const child = spawn('chromium', args.map((word) => word.replace('URL', url).replace('PROFILE', profile)));",
    "  child.on('exit', () => process.exit(0));",
    '});',
  ];
  await writeFile(join(folder, 'start.mjs'), `${lines.join('\n')}\n`);
}

/** A browser on the path that opens its debugging door, and is the installed one in everything else. */
async function writeBrowser(person: Person): Promise<string> {
  const folder = join(person.home, 'bin');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'chromium');
  const lines = [
    '#!/bin/sh',
    'date +%s%3N >"$BENCH_STAMP"',
    `exec ${bed.browser} --remote-debugging-port="$BENCH_PORT" "$@"`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  await chmod(file, 0o755);
  return folder;
}

const display = await startDisplay();
const person = await createPerson();
try {
  await person.hasImage(bed.tiny.sif, 'tiny.sif');
  await person.hasSettings({ welcomed: true });
  const browserFolder = await writeBrowser(person);
  const stamp = join(person.home, 'stamp');
  const environment = (port: number) => ({
    ...person.environment,
    PATH: `${browserFolder}:${person.environment['PATH']}`,
    DISPLAY: display.name,
    BENCH_PORT: String(port),
    BENCH_STAMP: stamp,
  });
  const blank = pathToFileURL(join(person.home, 'blank.html')).href;
  await writeFile(join(person.home, 'blank.html'), '<!doctype html><title>Blank</title>');

  const startOurs = async (port: number) =>
    spawn('npm', ['start', '--silent'], { cwd: checkout, env: environment(port), stdio: 'ignore' });
  const startBlank = async (port: number) => {
    const profile = await mkdtemp(join(person.home, 'profile-'));
    return spawn(join(browserFolder, 'chromium'), windowArguments(blank, profile), {
      env: environment(port),
      stdio: 'ignore',
    });
  };
  const blankProject = join(person.home, 'blank');
  const blankPort = String(await freePort());
  await writeBlankProject(blankProject);
  const startSameWay = async (port: number) =>
    spawn('npm', ['start', '--silent'], {
      cwd: blankProject,
      env: { ...environment(port), BLANK_PORT: blankPort },
      stdio: 'ignore',
    });
  // The first of each fills caches and does not count; Chromium keeps compiled code from the second on.
  for (let run = 0; run < 3; run += 1) {
    await timeToWindow(startBlank, blankLoaded);
    await timeToWindow(startSameWay, blankPainted);
    await timeToWindow(startOurs, dataShown);
  }
  const ours: number[] = [];
  const oursToBrowser: number[] = [];
  const sameWay: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    bare.push(await timeToWindow(startBlank, blankLoaded));
    sameWay.push(await timeToWindow(startSameWay, blankPainted));
    const startedAt = Date.now();
    ours.push(await timeToWindow(startOurs, dataShown));
    oursToBrowser.push(Number(await readFile(stamp, 'utf8')) - startedAt);
  }
  report({
    what: 'npm start to data shown, warm',
    unit: 'ms',
    ours: median(ours),
    peer: {
      name: 'blank page opened the same way (npm start, loopback host, window)',
      value: median(sameWay),
    },
    goal: { of: 'ratio', atMost: 1.5 },
  });
  report({
    what: 'the same',
    unit: 'ms',
    ours: median(ours),
    peer: { name: 'bare chromium on an empty file, without npm and host', value: median(bare) },
    goal: null,
  });
  report({
    what: 'of that, until the browser is started',
    unit: 'ms',
    ours: median(oursToBrowser),
    peer: null,
    goal: null,
  });
} finally {
  await rm(person.home, { recursive: true, force: true, maxRetries: 5 });
  await display.stop();
}
