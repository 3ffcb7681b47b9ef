import { api } from './base.ts';
import type { Services } from './services.ts';

export function imagesApi({ images, tasks, settings }: Services) {
  return {
    watch: api.images.watch.handler(({ signal }) => images.watch(signal ?? new AbortController().signal)),
    refresh: api.images.refresh.handler(async () => {
      await images.refresh();
      return {};
    }),
    detail: api.images.detail.handler(({ input }) => images.detail(input.path)),
    planPull: api.images.planPull.handler(({ input }) => images.planPull(input)),
    pull: api.images.pull.handler(async ({ input }) => {
      await images.planPull(input); // what can be known before must fail before
      return { taskId: await tasks.start('image.pull', input) };
    }),
    add: api.images.add.handler(async ({ input }) => ({ taskId: await tasks.start('image.add', input) })),
    rename: api.images.rename.handler(async ({ input }) => ({
      path: await images.rename(input.path, input.newName),
    })),
    remove: api.images.remove.handler(({ input }) => images.remove(input.paths)),
    addFolder: api.images.addFolder.handler(async ({ input }) => {
      const { folders } = settings.get().images;
      if (!folders.includes(input.folder))
        await settings.change({ images: { folders: [...folders, input.folder] } });
      return {};
    }),
    removeFolder: api.images.removeFolder.handler(async ({ input }) => {
      const folders = settings.get().images.folders.filter((folder) => folder !== input.folder);
      await settings.change({ images: { folders } });
      return {};
    }),
    previewAction: api.images.previewAction.handler(({ input }) => images.previewAction(input)),
  };
}
