import { api } from './base.ts';
import type { Services } from './services.ts';

export function workspacesApi({ workspaces, workspaceUse, tasks }: Services) {
  return {
    list: api.workspaces.list.handler(async ({ input }) => {
      const { parent, workspaces: all, broken } = await workspaces.list(input.hostId);
      return { parent, workspaces: [...all], broken: [...broken] };
    }),
    findImage: api.workspaces.findImage.handler(async ({ input }) => ({
      path: await workspaces.findImage(input),
    })),
    create: api.workspaces.create.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.create', input),
    })),
    describe: api.workspaces.describe.handler(({ input }) => workspaces.describe(input)),
    measure: api.workspaces.measure.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.measure', input),
    })),
    remove: api.workspaces.remove.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.remove', input),
    })),
    snapshot: api.workspaces.snapshot.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.snapshot', input),
    })),
    restore: api.workspaces.restore.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.restore', input),
    })),
    removeSnapshot: api.workspaces.removeSnapshot.handler(async ({ input }) => ({
      taskId: await tasks.start('workspace.removeSnapshot', input),
    })),
    preflight: api.workspaces.preflight.handler(({ input }) =>
      workspaceUse.preflight(input.id, input.action),
    ),
  };
}
