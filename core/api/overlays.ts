import { api } from './base.ts';
import type { Services } from './services.ts';

export function overlaysApi({ overlays, tasks }: Services) {
  return {
    list: api.overlays.list.handler(async ({ input }) => ({ overlays: await overlays.list(input.hostId) })),
    detail: api.overlays.detail.handler(({ input }) => overlays.detail(input)),
    create: api.overlays.create.handler(async ({ input }) => ({
      taskId: await tasks.start('overlay.create', input),
    })),
    check: api.overlays.check.handler(async ({ input }) => ({
      taskId: await tasks.start('overlay.check', input),
    })),
    grow: api.overlays.grow.handler(async ({ input }) => ({
      taskId: await tasks.start('overlay.grow', input),
    })),
    planEmbed: api.overlays.planEmbed.handler(({ input }) => overlays.planEmbed(input)),
    embed: api.overlays.embed.handler(async ({ input }) => ({
      taskId: await tasks.start('overlay.embed', input),
    })),
    unembed: api.overlays.unembed.handler(async ({ input }) => ({
      taskId: await tasks.start('overlay.unembed', input),
    })),
    remove: api.overlays.remove.handler(async ({ input }) => {
      await overlays.remove(input);
      return {};
    }),
  };
}
