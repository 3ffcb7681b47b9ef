import type { HostPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

const never = () => new AbortController().signal;

export function imagesApi(services: Services) {
  const { hosts, images, imports, publishing, sandboxes, tasks, settings, runBook } = services;
  return {
    watch: api.images.watch.handler(async function* ({ input, signal }) {
      yield* (await images.of(input.hostId)).watch(signal ?? new AbortController().signal);
    }),
    refresh: api.images.refresh.handler(async ({ input }) => {
      await (await images.of(input.hostId)).refresh();
      return {};
    }),
    detail: api.images.detail.handler(async ({ input }) =>
      (await images.of(input.hostId)).detail(input.path),
    ),
    planPull: api.images.planPull.handler(({ input }) => images.planPull(input)),
    pull: api.images.pull.handler(async ({ input }) => {
      await images.planPull(input); // what can be known before must fail before
      return { taskId: await tasks.start('image.pull', input) };
    }),
    add: api.images.add.handler(async ({ input }) => ({ taskId: await tasks.start('image.add', input) })),
    planImport: api.images.planImport.handler(({ input, signal = never() }) => imports.plan(input, signal)),
    import: api.images.import.handler(async ({ input, signal = never() }) => {
      await imports.plan(input, signal);
      return { taskId: await tasks.start('image.import', input) };
    }),
    importSources: api.images.importSources.handler(async ({ signal = never() }) => ({
      sources: [...(await imports.sources(signal))],
    })),
    beginUpload: api.images.beginUpload.handler(async ({ input }) => ({
      uploadId: await imports.uploads.begin(input),
    })),
    upload: api.images.upload.handler(async ({ input: { uploadId, offset, bytes } }) => {
      await imports.uploads.write(uploadId, offset, new Uint8Array(await bytes.arrayBuffer()));
      return {};
    }),
    endUpload: api.images.endUpload.handler(async ({ input }) => ({
      path: await imports.uploads.end(input.uploadId),
    })),
    dropUpload: api.images.dropUpload.handler(async ({ input }) => {
      await imports.uploads.drop(input.uploadId);
      return {};
    }),
    planPublish: api.images.planPublish.handler(({ input, signal = never() }) =>
      publishing.plan(input, signal),
    ),
    publish: api.images.publish.handler(async ({ input, signal = never() }) => {
      await publishing.plan(input, signal);
      return { taskId: await tasks.start('image.publish', input) };
    }),
    planPush: api.images.planPush.handler(({ input }) => images.planPush(input)),
    push: api.images.push.handler(async ({ input }) => {
      await images.planPush(input);
      return { taskId: await tasks.start('image.push', input) };
    }),
    rename: api.images.rename.handler(async ({ input }) => ({
      path: await (await images.of(input.hostId)).rename(input.path, input.newName),
    })),
    remove: api.images.remove.handler(({ input }) =>
      sandboxes.removing(input, async (removeFolder) =>
        (await images.of(input.hostId)).remove(input.paths, removeFolder),
      ),
    ),
    addFolder: api.images.addFolder.handler(async ({ input: { hostId, folder } }) => {
      const folders = foldersOf(hostId);
      if (!folders.includes(folder)) await setFolders(hostId, [...folders, folder]);
      return {};
    }),
    removeFolder: api.images.removeFolder.handler(async ({ input: { hostId, folder } }) => {
      await setFolders(
        hostId,
        foldersOf(hostId).filter((other) => other !== folder),
      );
      return {};
    }),
    previewAction: api.images.previewAction.handler(async ({ input }) =>
      (await images.of(input.hostId)).previewAction(input),
    ),
    recallRun: api.images.recallRun.handler(async ({ input }) => ({
      run: await runBook.recall(input.hostId, input.path),
    })),
    rememberRun: api.images.rememberRun.handler(async ({ input }) => {
      await runBook.remember(input.hostId, input.path, input.run);
      return {};
    }),
  };

  function foldersOf(hostId: HostId): readonly HostPath[] {
    return hostId === localHostId ? settings.get().images.folders : hosts.summary(hostId).imageFolders;
  }

  async function setFolders(hostId: HostId, folders: HostPath[]): Promise<void> {
    if (hostId === localHostId) await settings.change({ images: { folders } });
    else
      await settings.change({
        hosts: settings
          .get()
          .hosts.map((host) => (host.id === hostId ? { ...host, imageFolders: folders } : host)),
      });
  }
}
