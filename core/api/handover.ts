import { api } from './base.ts';
import type { Services } from './services.ts';

export function handoverApi({ handover, tasks }: Services) {
  return {
    planPack: api.handover.planPack.handler(({ input }) => handover.planPack(input)),
    pack: api.handover.pack.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.pack', input),
    })),
    planAdopt: api.handover.planAdopt.handler(({ input }) => handover.planAdopt(input)),
    adopt: api.handover.adopt.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.adopt', input),
    })),
    unpack: api.handover.unpack.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.unpackBelow', input),
    })),
    planEmbed: api.handover.planEmbed.handler(({ input }) => handover.planEmbed(input)),
    embed: api.handover.embed.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.embed', input),
    })),
  };
}

/** Copies of workspaces, brought to the same state. */
export function syncApi({ syncing, tasks }: Services) {
  return {
    planSync: api.handover.planSync.handler(({ input }) => syncing.plan(input)),
    sync: api.handover.sync.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.sync', input),
    })),
  };
}
