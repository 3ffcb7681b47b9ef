import { beforeEach, onTestFinished } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** The test failed at its first try: `summary.mjs` says so. */
    neededSecondTry?: boolean;
  }
}

beforeEach(({ task }) => {
  onTestFinished(() => {
    if ((task.result?.retryCount ?? 0) > 0) task.meta.neededSecondTry = true;
  });
});
