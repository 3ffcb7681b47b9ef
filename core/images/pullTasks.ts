import { z } from 'zod';
import { baseName, folderName, type HostPath, hostPathSchema } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import { type PullInput, pullInputSchema } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { addFile, localPath } from './addImage.ts';
import type { RunningPull } from './finishPull.ts';
import { pullFromRegistry } from './pullDocker.ts';
import type { PullMeans } from './pullMeans.ts';
import { pullRequest, type RequestFacts, readReference, runtimeOrNull } from './pullRequest.ts';
import { makeSandboxOfSif } from './pullSandbox.ts';
import { pullFromService, pullHttp } from './pullSif.ts';
import { targetPath } from './pullTarget.ts';

const addInputSchema = z.object({
  hostId: hostIdSchema,
  path: hostPathSchema,
  folder: hostPathSchema.nullable(),
  overwrite: z.boolean(),
});
type AddInput = z.infer<typeof addInputSchema>;

/** What is known of the host without asking: describing a task must not wait. */
export type KnownFacts = () => Pick<RequestFacts, 'runtime' | 'hostArchitecture'>;

/** `image.pull`: a reference of any scheme becomes a file. */
export function pullDefinition(means: PullMeans, known: KnownFacts): TaskDefinition<PullInput> {
  return {
    kind: 'image.pull',
    input: pullInputSchema,
    describe: (input) => {
      const request = pullRequest(input, { ...known(), preferences: means.preferences() });
      return { title: request.shown, hostId: input.hostId, target: request.target, byHand: request.byHand };
    },
    storedInput: (input) => ({
      ...input,
      reference: readReference(input.reference).shown,
      credentials: null,
    }),
    run: (input, context) => runPull(means, input, context),
  };
}

/** `image.add`: a copy of a local image file in a folder of the library. */
export function addDefinition(means: PullMeans): TaskDefinition<AddInput> {
  const targetOf = (input: AddInput) =>
    targetPath(input.folder ?? means.preferences().defaultFolder, baseName(input.path));
  return {
    kind: 'image.add',
    input: addInputSchema,
    describe: (input) => ({
      title: input.path,
      hostId: input.hostId,
      target: targetOf(input),
      byHand: `cp ${input.overwrite ? '' : '-n '}-- ${quotePath(input.path)} ${quotePath(targetOf(input))}`,
    }),
    storedInput: (input) => input,
    async run(input, context) {
      await means.records.removeLeftovers();
      const architecture = await means.architecture();
      const target = targetOf(input);
      return await addFile(
        {
          means,
          context,
          request: {
            reference: { kind: 'file', path: input.path },
            shown: input.path,
            credentials: null,
            target,
            form: 'sif',
            overwrite: input.overwrite,
            isHttpAllowed: false,
            architecture,
            askedArchitecture: null,
            compression: means.preferences().compression,
            byHand: '',
          },
        },
        input.path,
      );
    },
  };
}

async function runPull(means: PullMeans, input: PullInput, context: TaskContext): Promise<TaskResult> {
  await means.records.removeLeftovers();
  const request = pullRequest(input, {
    preferences: means.preferences(),
    runtime: await runtimeOrNull(means),
    hostArchitecture: await means.architecture(),
  });
  const pull = { request, means, context };
  context.log('command', request.byHand);
  try {
    return await runRequest(pull);
  } catch (thrown) {
    throw aboutTarget(thrown, request.target);
  }
}

async function runRequest(pull: RunningPull): Promise<TaskResult> {
  const { request, means } = pull;
  const isSif = request.reference.kind !== 'docker' && request.reference.kind !== 'oras';
  // What a registry has is known only when it was asked.
  if (request.form === 'sandbox' && isSif) return await makeSandboxOfSif(pull, runRequest);
  switch (request.reference.kind) {
    case 'docker':
    case 'oras':
      return await pullFromRegistry(pull, request.reference);
    case 'http':
      return await pullHttp(pull, request.reference.url);
    case 'library':
    case 'shub':
    case 's3':
      return await pullFromService(pull, request.reference);
    case 'file':
      return await addFile(pull, localPath(means.host, request.reference.path));
  }
}

/** A failure at the temporary name, told of the name that the person knows. */
function aboutTarget(thrown: unknown, target: HostPath): unknown {
  if (!(thrown instanceof WorkbenchError)) return thrown;
  const { report } = thrown;
  const { path } = report.data;
  const isPart =
    typeof path === 'string' && path.startsWith(`${folderName(target)}/.`) && path.endsWith('.part');
  if (!isPart) return thrown;
  const { hostId, command, evidence, exitStatus } = report;
  return workbenchError(
    report.code,
    { ...report.data, path: target },
    {
      hostId,
      exitStatus,
      cause: thrown,
      ...(command === null ? {} : { command }),
      ...(evidence === null ? {} : { evidence }),
    },
  );
}
