import type { z } from 'zod';
import { baseName, folderName, type HostPath, joinPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { TaskKind, TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { planEmbedding } from './embedPlan.ts';
import { createOverlayBook } from './overlayBook.ts';
import { readFacts } from './overlayFacts.ts';
import { embeddedPlaces, type OverlayPlace } from './overlayPlace.ts';
import { factsOf, type OverlayRoom, requireIdle } from './overlayRoom.ts';
import type { Overlays, OverlaysMeans } from './overlays.ts';
import {
  checkOverlay,
  createOverlay,
  embedOverlay,
  growOverlay,
  type RuntimeRoom,
  taskInputs,
} from './overlayTasks.ts';
import { unembedOverlay } from './unembedOverlay.ts';

/** More files are not looked into for one list. */
const mostListed = 1000;

export function createOverlays(means: OverlaysMeans): Overlays {
  const { hosts, libraryOf, defaultFolder, rules } = means;
  const book = createOverlayBook(means.local.files, means.stateFolder);

  async function roomOf(id: HostId): Promise<OverlayRoom> {
    const host = await hosts.open(id);
    return { host, records: means.recordsOf(host) };
  }
  async function runtimeRoomOf(id: HostId): Promise<RuntimeRoom> {
    return { ...(await roomOf(id)), runtime: await hosts.runtime(id), rules };
  }

  function task<Input extends { readonly hostId: HostId }>(
    kind: TaskKind,
    input: z.ZodType<Input>,
    rest: {
      readonly targetOf: (input: Input) => HostPath;
      readonly run: (input: Input, context: TaskContext) => Promise<TaskResult>;
    },
  ): TaskDefinition<unknown> {
    const definition: TaskDefinition<Input> = {
      kind,
      input,
      describe: (given) => {
        const target = rest.targetOf(given);
        return { title: baseName(target), hostId: given.hostId, target, byHand: null };
      },
      storedInput: (given) => given,
      run: rest.run,
    };
    return definition as TaskDefinition<unknown>;
  }

  return {
    taskDefinitions: [
      task('overlay.create', taskInputs.create, {
        targetOf: ({ hostId, folder, fileName }) => joinPath(folder ?? defaultFolder(hostId), fileName),
        run: async (input, context) => {
          const folder = input.folder ?? defaultFolder(input.hostId);
          const result = await createOverlay(
            await runtimeRoomOf(input.hostId),
            { ...input, folder },
            context,
          );
          // Also of the image folders: their list comes to know of a new file a moment later.
          if (result.path !== null) await book.remember(input.hostId, result.path);
          return result;
        },
      }),
      task('overlay.check', taskInputs.check, {
        targetOf: ({ path }) => path,
        run: async (input, context) => await checkOverlay(await roomOf(input.hostId), input, context),
      }),
      task('overlay.grow', taskInputs.grow, {
        targetOf: ({ path }) => path,
        run: async (input, context) => await growOverlay(await roomOf(input.hostId), input, context),
      }),
      task('overlay.embed', taskInputs.embed, {
        targetOf: ({ imagePath }) => imagePath,
        run: async (input, context) => await embedOverlay(await runtimeRoomOf(input.hostId), input, context),
      }),
      task('overlay.unembed', taskInputs.unembed, {
        targetOf: ({ path }) => path,
        run: async (input, context) =>
          await unembedOverlay(await runtimeRoomOf(input.hostId), input, context),
      }),
    ],

    async list(hostId) {
      const host = await hosts.open(hostId);
      const [library, made] = await Promise.all([libraryOf(hostId), book.paths(hostId)]);
      const plain = new Set(library.filter(({ format }) => format === 'ext3').map(({ path }) => path));
      const sifs = library.filter(({ format }) => format === 'sif').map(({ path }) => path);
      const others = made.filter((path) => !plain.has(path));
      const are = await Promise.all(others.map(async (path) => (await host.files.stat(path)) !== null));
      for (const [index, path] of others.entries()) if (are[index] === true) plain.add(path);
      const places: OverlayPlace[] = [
        ...[...plain].map((path) => ({ path, offset: null })),
        ...(await embeddedPlaces(host, sifs.slice(0, mostListed))),
      ];
      const facts = await readFacts(host, places.slice(0, mostListed));
      return facts
        .filter(({ isImage }) => !isImage)
        .map(({ overlay }) => overlay)
        .toSorted((one, other) => (one.path < other.path ? -1 : 1));
    },

    detail: async ({ hostId, path }) => (await factsOf(await hosts.open(hostId), path)).overlay,

    async planEmbed(input) {
      const { architecture: _, ...plan } = await planEmbedding(await runtimeRoomOf(input.hostId), input);
      return plan;
    },

    async remove({ hostId, path }) {
      const host = await hosts.open(hostId);
      const { overlay } = await factsOf(host, path);
      if (overlay.isEmbedded)
        throw workbenchError(
          'input.invalid',
          {
            field: 'path',
            path,
            reason: `It is part of the image ${baseName(path)} in ${folderName(path)}: take it out of the image instead.`,
          },
          { hostId },
        );
      requireIdle(overlay);
      await host.files.remove(path);
      await book.forget(hostId, path);
    },

    async removeLeftovers(hostId) {
      await means.recordsOf(await hosts.open(hostId)).removeLeftovers();
    },
  };
}
