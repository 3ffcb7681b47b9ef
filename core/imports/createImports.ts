import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { type ImportInput, type ImportPlan, importInputSchema } from '#core/contract/images.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import { createDecompress } from './decompression.ts';
import { engineImage } from './engineImage.ts';
import { listImportSources } from './engines.ts';
import { createExaminer } from './importContent.ts';
import type { ImportMeans } from './importMeans.ts';
import {
  byHandOf,
  imagesOf,
  kindOf,
  meansSentence,
  memberOf,
  targetOf,
  warningsOf,
} from './importRequest.ts';
import type { Imports } from './imports.ts';
import { runImport } from './runImport.ts';
import { createUploads } from './uploads.ts';

/** Imports on this machine, with what they stand on. */
export function createImports(means: ImportMeans): Imports {
  const decompress = createDecompress(means.environment);
  const examiner = createExaminer(means.host, decompress);
  const uploads = createUploads(means);

  const definition: TaskDefinition<ImportInput> = {
    kind: 'image.import',
    input: importInputSchema,
    describe(input) {
      const target = targetOf(input, means);
      return {
        title: titleOf(input),
        hostId: input.hostId,
        target,
        byHand: byHandOf(input, { content: null, target, programName: 'apptainer' }),
      };
    },
    storedInput: (input) => input,
    run: (input, context) =>
      uploads.importing(input.path, context.signal, () =>
        runImport(input, context, { means, examiner, decompress }),
      ),
  };

  async function plan(input: ImportInput, signal: AbortSignal): Promise<ImportPlan> {
    const target = targetOf(input, means);
    const programName = await nameOfRuntime(means);
    const base = {
      target,
      exists: await existing(input, target, means),
    };
    if (input.form === 'sandbox' && input.hostId !== localHostId)
      throw workbenchError('input.invalid', {
        field: 'form',
        reason: 'A folder cannot be sent to another machine: import to a SIF there',
      });
    if (input.path === null) {
      const { engine, reference } = engineImage(input.member);
      return {
        ...base,
        kind: engine,
        members: [],
        member: input.member,
        sizeBytes: null,
        byHand: byHandOf(input, { content: null, target, programName }),
        means: `${engine === 'docker-daemon' ? 'docker' : 'podman'} saves ${reference} into a private file; the runtime makes the image of its layers.`,
        warnings: [],
      };
    }
    const content = await examiner.examine(input.path, { signal });
    const images = imagesOf(content);
    return {
      ...base,
      kind: kindOf(content),
      members: images.map(({ name }) => name),
      member: memberOf(content, input.member)?.name ?? null,
      sizeBytes: content.facts.kind === 'file' ? content.facts.sizeBytes : null,
      byHand: byHandOf(input, { content, target, programName }),
      means: meansSentence(content, input, target),
      warnings: [...(await warningsOf(content, means))],
    };
  }

  return {
    definition,
    plan,
    sources: (signal) => listImportSources(means.host, signal),
    uploads,
    async removeLeftovers() {
      await means.records.removeLeftovers();
      await uploads.removeLeftovers();
    },
  };
}

function titleOf(input: ImportInput): string {
  if (input.path === null) return input.member ?? '';
  return hostPathToText(input.path) ?? input.path;
}

async function existing(
  input: ImportInput,
  target: HostPath,
  means: ImportMeans,
): Promise<ImportPlan['exists']> {
  const host = input.hostId === localHostId ? means.host : await means.hosts.open(input.hostId);
  const facts = await host.files.stat(target);
  return facts === null ? null : { sizeBytes: facts.kind === 'file' ? facts.sizeBytes : 0 };
}

/** A plan can be made without a runtime: an image file needs none. */
async function nameOfRuntime(means: ImportMeans): Promise<string> {
  try {
    return (await means.runtime()).dialect.programName;
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.report.code === 'runtime.missing') return 'apptainer';
    throw thrown;
  }
}
