import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { startHost } from '../fixtures/host.ts';
import { createPerson, type Person } from '../fixtures/person.ts';
import { testbed } from '../testbed/testbed.ts';
import { type Display, startDisplay } from './display.ts';
import { median, report } from './report.ts';
import { lostBytes } from './shortRuns.ts';

const runs = 3;
const logBytes = 100_000_000;
const keys = 60;
const shortRuns = 100;
const bed = testbed();

/** A log as programs write it: a coloured level, a time, a sentence. */
async function writeLog(person: Person): Promise<string> {
  const lines = Array.from({ length: 1000 }, (_, index) => {
    const colour = 31 + (index % 6);
    const number = String(index).padStart(6, '0');
    return `\x1b[1;${colour}mINFO\x1b[0m 2026-11-20 10:11:12.${number} worker-${index % 16}: step ${number} of the run took \x1b[36m${index * 7} ms\x1b[0m\n`;
  }).join('');
  const file = join(person.home, 'log.txt');
  await writeFile(file, lines.repeat(Math.ceil(logBytes / lines.length)).slice(0, logBytes));
  return file;
}

/**
 * Prints a file, then asks the terminal where its cursor is: the answer comes when all before it has been parsed.
 * Writes the milliseconds to a file, and the terminal's size.
 */
async function writeMeasure(person: Person, log: string): Promise<string> {
  const script = join(person.home, 'measure.sh');
  await writeFile(
    script,
    `#!/bin/bash
before=$(date +%s%N)
cat ${log}
printf '\\033[6n'
read -r -s -d R
after=$(date +%s%N)
stty size > ${person.home}/size
echo $(((after - before) / 1000000)) > "$1.part"
mv "$1.part" "$1"
`,
  );
  await chmod(script, 0o755);
  return script;
}

async function fileWhenThere(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => null); // not written yet
    if (text !== null) return text;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

async function openShell(page: Page): Promise<void> {
  await page.getByRole('grid', { name: 'Images' }).waitFor();
  await page.keyboard.press('Control+Shift+T');
  await page.locator('.xterm-rows', { hasText: '$' }).waitFor();
  await page.getByRole('button', { name: 'Maximize the dock' }).click();
  await page.locator('.xterm').click();
}

/** Counts frames of the page until told to stop: frames a second, and the longest gap between two. */
async function startFrames(page: Page): Promise<() => Promise<{ perSecond: number; longestMs: number }>> {
  await page.evaluate(() => {
    const seen = { count: 0, longestMs: 0, startedAt: performance.now(), isOver: false };
    Object.assign(window, { seen });
    let last = seen.startedAt;
    const frame = (now: number) => {
      seen.count += 1;
      seen.longestMs = Math.max(seen.longestMs, now - last);
      last = now;
      if (!seen.isOver) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () =>
    page.evaluate(() => {
      const { seen } = window as unknown as {
        seen: { count: number; longestMs: number; startedAt: number; isOver: boolean };
      };
      seen.isOver = true;
      return {
        perSecond: (seen.count * 1000) / (performance.now() - seen.startedAt),
        longestMs: seen.longestMs,
      };
    });
}

async function residentBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** The most memory that a process takes more than at the start, while some work goes on. */
async function growthDuring(processId: number, work: () => Promise<void>): Promise<number> {
  const before = await residentBytes(processId);
  let most = before;
  const watch = setInterval(() => {
    void residentBytes(processId).then((now) => {
      most = Math.max(most, now);
    });
  }, 50);
  await work();
  clearInterval(watch);
  return most - before;
}

async function peerRun(person: Person, script: string, display: Display, run: number): Promise<number> {
  const result = join(person.home, `peer-${run}`);
  const [rows, columns] = (await readFile(join(person.home, 'size'), 'utf8')).trim().split(' ');
  const child = spawn(
    'xfce4-terminal',
    ['--disable-server', `--geometry=${columns}x${rows}`, '-x', script, result],
    { env: { ...person.environment, DISPLAY: display.name }, stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const taken = Number(await fileWhenThere(result));
  await ended;
  return taken;
}

/** Milliseconds from a key's event to the frame that shows its letter. */
async function keyEchoes(page: Page): Promise<readonly number[]> {
  await page.evaluate(() => {
    const echoes: number[] = [];
    Object.assign(window, { echoes });
    let pressedAt: number | null = null;
    window.addEventListener(
      'keydown',
      (event) => {
        pressedAt = event.timeStamp;
      },
      { capture: true },
    );
    const rows = document.querySelector('.xterm-rows');
    if (rows === null) throw new Error('no terminal is shown');
    new MutationObserver(() => {
      if (pressedAt === null) return;
      const from = pressedAt;
      pressedAt = null;
      // The frame after the next callback has been drawn with the change.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => echoes.push(performance.now() - from);
        channel.port2.postMessage(null);
      });
    }).observe(rows, { childList: true, subtree: true, characterData: true });
  });
  for (let key = 0; key < keys; key += 1) {
    await page.keyboard.press('x');
    await page.waitForFunction(
      (count) => (window as unknown as { echoes: number[] }).echoes.length >= count,
      key + 1,
    );
  }
  await page.keyboard.press('Control+u');
  return page.evaluate(() => (window as unknown as { echoes: number[] }).echoes);
}

function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * fraction)] ?? Number.NaN;
}

async function openWindow(person: Person, display: Display): Promise<BrowserContext> {
  return chromium.launchPersistentContext(join(person.home, 'profile'), {
    executablePath: bed.browser,
    headless: false,
    viewport: null,
    env: { ...person.environment, DISPLAY: display.name },
    args: ['--window-size=1280,800', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

const display = await startDisplay();
const person = await createPerson();
try {
  await person.hasImage(bed.tiny.sif, 'tiny.sif');
  await person.hasSettings({ welcomed: true });
  const script = await writeMeasure(person, await writeLog(person));
  const host = await startHost(person);
  const browser = await openWindow(person, display);
  const page = await browser.newPage();
  await page.goto(host.launchUrl);
  await openShell(page);

  const echoes = await keyEchoes(page);
  const ours: number[] = [];
  const peers: number[] = [];
  const frames: number[] = [];
  const gaps: number[] = [];
  const growth: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const result = join(person.home, `ours-${run}`);
    const stopFrames = await startFrames(page);
    growth.push(
      await growthDuring(host.processId, async () => {
        await page.keyboard.type(`${script} ${result}\n`);
        ours.push(Number(await fileWhenThere(result)));
      }),
    );
    const { perSecond, longestMs } = await stopFrames();
    frames.push(perSecond);
    gaps.push(longestMs);
    await page.locator('.xterm-rows', { hasText: /\$\s*$/ }).waitFor();
    peers.push(await peerRun(person, script, display, run));
  }
  await browser.close();

  const rate = (milliseconds: number) => logBytes / 1000 / milliseconds;
  report({
    what: 'cat of a 100 MB coloured log',
    unit: 'MB/s',
    ours: rate(median(ours)),
    peer: { name: 'xfce4-terminal', value: rate(median(peers)) },
    goal: { of: 'ratio', atLeast: 0.9 },
  });
  report({
    what: 'frames meanwhile',
    unit: 'frames/s',
    ours: median(frames),
    peer: null,
    goal: { of: 'ours', atLeast: 50 },
  });
  report({ what: 'longest gap between frames', unit: 'ms', ours: median(gaps), peer: null, goal: null });
  report({
    what: 'growth of core meanwhile',
    unit: 'MB',
    ours: median(growth) / 1_000_000,
    peer: null,
    goal: { of: 'ours', atMost: 30 },
  });
  report({ what: 'key to painted letter, median', unit: 'ms', ours: median(echoes), peer: null, goal: null });
  report({
    what: 'key to painted letter, p95',
    unit: 'ms',
    ours: percentile(echoes, 0.95),
    peer: null,
    goal: { of: 'ours', atMost: 45 },
  });
  await host.stop();
  const second = await startHost(person);
  report({
    what: `bytes lost at the end of ${shortRuns} short runs in a container`,
    unit: 'bytes',
    ours: await lostBytes(second, join(person.images, 'tiny.sif'), shortRuns),
    peer: null,
    goal: { of: 'ours', atMost: 0 },
  });
  await second.stop();
} finally {
  await person.dispose();
  await display.stop();
}
