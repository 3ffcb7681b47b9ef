import { copyFile, link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from '@playwright/test';
import { startHost } from '../fixtures/host.ts';
import { createPerson, type Person } from '../fixtures/person.ts';
import { listedRegistry } from '../fixtures/registryTour.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';
import { report } from './report.ts';

const rowCount = 50_000;
const tagCount = 5_000;
const wheelSteps = 150;
const bed = testbed();
const bigRegistry = listedRegistry('Big', 'oci', bed.specRegistry);

/** One file under 50,000 names. */
async function fillLibrary(person: Person): Promise<void> {
  await mkdir(person.images, { recursive: true });
  const first = join(person.images, 'image-00000.sif');
  await copyFile(bed.tiny.sif, first);
  for (let index = 1; index < rowCount; index += 1) {
    await link(first, join(person.images, `image-${String(index).padStart(5, '0')}.sif`));
  }
}

/** Frame times and long tasks of a page, from now on. */
async function startWatching(page: Page): Promise<() => Promise<{ frames: number[]; longTasks: number[] }>> {
  await page.evaluate(() => {
    const seen = { frames: [] as number[], longTasks: [] as number[] };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now: number) => {
      seen.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () =>
    page.evaluate(() => (window as unknown as { seen: { frames: number[]; longTasks: number[] } }).seen);
}

function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * fraction)] ?? Number.NaN;
}

function reportScroll(what: string, seen: { frames: number[]; longTasks: number[] }): void {
  const longest = Math.max(0, ...seen.longTasks);
  report({
    what: `${what}, longest task over 50 ms`,
    unit: 'ms',
    ours: longest,
    peer: null,
    goal: { of: 'ours', atMost: 50 },
  });
  report({
    what: `${what}, frame p95`,
    unit: 'ms',
    ours: percentile(seen.frames, 0.95),
    peer: null,
    goal: { of: 'ours', atMost: 17 },
  });
}

/** Turns the wheel over a grid, and flings through all of it in 4 s. */
async function measureScrolling(page: Page, grid: Locator, rows: string): Promise<void> {
  await grid.hover();
  const wheel = await startWatching(page);
  for (let step = 0; step < wheelSteps; step += 1) await page.mouse.wheel(0, 400);
  reportScroll(`wheel over ${rows}`, await wheel());

  const fling = await startWatching(page);
  await grid.evaluate(
    (element) =>
      new Promise<void>((resolve) => {
        const startedAt = performance.now();
        const move = (now: number) => {
          const part = Math.min(1, (now - startedAt) / 4000);
          element.scrollTop = part * element.scrollHeight;
          if (part < 1) requestAnimationFrame(move);
          else resolve();
        };
        requestAnimationFrame(move);
      }),
  );
  reportScroll(`fling over ${rows} in 4 s`, await fling());
}

/** Opens the repository of the test bed with 5,000 tags, scrolls through them and filters them letter by letter. */
async function measureTags(page: Page): Promise<void> {
  const app = workbench(page);
  await app.goTo('Registries');
  const registry = await app.registries.open('Big');
  await registry.search('many/tags');
  const { tags } = await registry.openRepository('many/tags');
  await page.locator(`[role=grid][aria-rowcount="${tagCount + 1}"][aria-busy="false"]`).waitFor();
  await measureScrolling(page, tags, `${tagCount} tags`);

  const filter = page.getByRole('textbox', { name: 'Filter tags' });
  await filter.focus();
  const typing = await startWatching(page);
  await page.keyboard.type('49.9');
  await page.locator('[role=grid][aria-rowcount="12"]').waitFor();
  reportScroll(`filter ${tagCount} tags`, await typing());
}

const person = await createPerson();
const browser = await chromium.launch({
  executablePath: bed.browser,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  await fillLibrary(person);
  await person.hasSettings({ welcomed: true, registries: [bigRegistry] });
  const host = await startHost(person);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(host.launchUrl);
  const grid = page.getByRole('grid', { name: 'Images' });
  await page
    .locator(`[role=grid][aria-rowcount="${rowCount + 1}"][aria-busy="false"]`)
    .waitFor({ timeout: 120_000 });
  await measureScrolling(page, grid, `${rowCount} rows`);
  await measureTags(page);
  await host.stop();
} finally {
  await browser.close();
  await person.dispose();
}
