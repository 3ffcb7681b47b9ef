import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Real tests that cut lines, restart parts or count what the machine has: nothing else runs beside them. */
const alone = [
  'core/hosts/**/*.real.test.ts',
  'core/transfer/**/*.real.test.ts',
  'core/cli/hosts.real.test.ts',
  'core/terminals/**/*.real.test.ts',
  'core/images/pullOnHost.real.test.ts',
  'e2e/**/*.real.test.ts',
  'electron/**/*.real.test.ts',
];
const patience = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // One moment on a busy machine must not throw a whole run away: the summary names what needed a second try.
  retry: process.env['CI'] === 'true' ? 1 : 0,
  setupFiles: ['e2e/testbed/secondTry.ts'],
};

/** Two suites: `unit` needs only node; `real` needs the test bed (`e2e/testbed`) and drives the real programs. */
export default defineConfig({
  // Outside node_modules: the suites also run as an ordinary user who may not write into the checkout.
  cacheDir: join(tmpdir(), `mysingularity-vitest-${process.getuid?.() ?? 0}`),
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['core/**/*.test.ts', 'renderer/**/*.test.{ts,tsx}', 'electron/**/*.test.ts'],
          exclude: ['**/*.real.test.ts', '**/node_modules/**'],
          // One processor less, the default, is half of a machine with two.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'real',
          include: ['{core,electron,e2e}/**/*.real.test.ts'],
          exclude: [...alone, '**/node_modules/**'],
          ...patience,
          // They wait for programs more than they compute.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          ...patience,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
