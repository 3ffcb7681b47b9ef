import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { findElectron } from './fixtures/electronBinary.ts';
import { reportsFolder } from './fixtures/folders.ts';
import { testbed } from './testbed/testbed.ts';

const { browser } = testbed();
const electron = findElectron();
// Chromium's own sandbox refuses to run as root; the suite does not.
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const noElectron = '**/noElectron.spec.ts';
const pictures = '**/pictures.spec.ts';
// Pictures are for people who look at them: MYSINGULARITY_PICTURES=1; with `assets` the README's are written anew.
const wantsPictures = ['1', 'assets'].includes(process.env['MYSINGULARITY_PICTURES'] ?? '');

/** The built workbench in real Chromium behind the loopback host, and again in Electron where its binary is found. */
export default defineConfig({
  testDir: 'specs',
  outputDir: join(reportsFolder, 'e2e-output'),
  forbidOnly: true,
  // One moment on a busy machine must not throw a whole run away: the summary names what needed a second try.
  retries: process.env['CI'] === 'true' ? 1 : 0,
  // They wait for programs and pages more than they compute.
  workers: 3,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: join(reportsFolder, 'e2e.json') }]],
  use: {
    viewport: { width: 1280, height: 800 },
    // Recording what passes costs time: where there is a second try, that one is recorded.
    trace: process.env['CI'] === 'true' ? 'on-first-retry' : 'retain-on-failure',
    screenshot: 'only-on-failure',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: { executablePath: browser, args },
  },
  projects: [
    ...(wantsPictures ? [{ name: 'pictures', testMatch: pictures }] : []),
    { name: 'chromium', testIgnore: [noElectron, pictures] },
    'path' in electron
      ? { name: 'electron', testIgnore: [noElectron, pictures] }
      : { name: 'electron', testMatch: noElectron },
  ],
});
