import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

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
        },
      },
      {
        test: {
          name: 'real',
          include: ['{core,electron,e2e}/**/*.real.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
