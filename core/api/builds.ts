import { localHostId } from '#core/contract/ids.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

export function buildsApi({ builds, tasks }: Services) {
  return {
    plan: api.builds.plan.handler(({ input }) => builds.plan(input)),
    build: api.builds.build.handler(async ({ input }) => {
      await builds.plan(input); // what can be known before must fail before
      return { taskId: await tasks.start('image.build', input) };
    }),
    history: api.builds.history.handler(async () => ({ builds: [...(await builds.history())] })),
    forget: api.builds.forget.handler(async ({ input }) => {
      await builds.forget(input.ids);
      return {};
    }),
    detail: api.builds.detail.handler(({ input }) => builds.detail(input.id)),
    rerun: api.builds.rerun.handler(async ({ input }) => ({
      taskId: await tasks.start('image.build', await builds.inputOf(input.id, input)),
    })),
    methods: api.builds.methods.handler(async ({ input }) => ({ text: await builds.methods(input.id) })),
    howMade: api.builds.howMade.handler(({ input }) => builds.howMade(input.hostId, input.path)),
    checkpoints: api.builds.checkpoints.handler(({ input }) =>
      builds.checkpoints(input?.hostId ?? localHostId),
    ),
    removeCheckpoints: api.builds.removeCheckpoints.handler(async ({ input }) => ({
      removed: [...(await builds.removeCheckpoints(input.hostId, input))],
    })),
    test: api.builds.test.handler(async ({ input }) => ({ taskId: await tasks.start('image.test', input) })),
  };
}
