import { api } from './base.ts';
import type { Services } from './services.ts';

export function sandboxesApi({ sandboxes, tasks }: Services) {
  return {
    list: api.sandboxes.list.handler(async ({ input }) => ({
      sandboxes: [...(await sandboxes.list(input.hostId))],
    })),
    detail: api.sandboxes.detail.handler(({ input }) => sandboxes.detail(input)),
    measure: api.sandboxes.measure.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.measure', input),
    })),
    difference: api.sandboxes.difference.handler(({ input }) => sandboxes.difference(input)),
    clone: api.sandboxes.clone.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.clone', input),
    })),
    snapshot: api.sandboxes.snapshot.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.snapshot', input),
    })),
    restore: api.sandboxes.restore.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.restore', input),
    })),
    removeSnapshot: api.sandboxes.removeSnapshot.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.removeSnapshot', input),
    })),
    freeze: api.sandboxes.freeze.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.freeze', input),
    })),
    draft: api.sandboxes.draft.handler(({ input }) => sandboxes.draft(input)),
    remove: api.sandboxes.remove.handler(async ({ input }) => ({
      taskId: await tasks.start('sandbox.remove', input),
    })),
  };
}
