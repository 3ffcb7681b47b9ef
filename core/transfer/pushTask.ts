import { type PushInput, pushInputSchema } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { architectureWarning, knownDigest, pushByHand, pushSource, pushTarget } from './planPush.ts';
import type { KnownPushHost, PushMeans, PushMeansOf } from './pushMeans.ts';
import { sendFile } from './sendFile.ts';

/** `image.push`: an image of this machine gets into a folder of an ssh host. */
export function pushDefinition(meansOf: PushMeansOf, known: KnownPushHost): TaskDefinition<PushInput> {
  return {
    kind: 'image.push',
    input: pushInputSchema,
    describe: (input) => {
      const host = known(input.hostId);
      const folder = input.folder ?? host?.imageFolder ?? null;
      const target = folder === null ? null : pushTarget(input, folder);
      return {
        title: input.path,
        hostId: input.hostId,
        target,
        byHand: host === null || target === null ? null : pushByHand(input, host.destination, target),
      };
    },
    storedInput: (input) => input,
    run: async (input, context) => await runPush(await meansOf(input.hostId), input, context),
  };
}

async function runPush(means: PushMeans, input: PushInput, context: TaskContext): Promise<TaskResult> {
  context.report({ phase: 'resolve', fraction: 0, text: '' });
  const source = await pushSource(means, input.path);
  const target = pushTarget(input, await means.imageFolder());
  const warning = await architectureWarning(means, input.path);
  if (warning !== null) context.log('note', warning);
  const sent = await sendFile(
    means,
    {
      source: source.path,
      target,
      overwrite: input.overwrite,
      sha256: await knownDigest(means, 'local', source.path, source.facts),
      share: { from: 0, to: 1 },
    },
    context,
  );
  const { facts } = sent;
  await means.ledgers.host.record({
    target,
    sizeBytes: facts.sizeBytes,
    modifiedAt: facts.modifiedAt,
    inode: facts.inode,
    sha256: sent.sha256,
    key: null,
    manifestDigest: null,
    compression: null,
    architecture: null,
    reference: input.path,
    taskId: context.id,
  });
  return {
    path: target,
    digest: `sha256:${sent.sha256}`,
    sizeBytes: facts.sizeBytes,
    facts: {
      bytesSent: sent.sentBytes,
      bytesReused: sent.reusedBytes,
      way: sent.way,
      ...(warning === null ? {} : { warning }),
    },
  };
}
