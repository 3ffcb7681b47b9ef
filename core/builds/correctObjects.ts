import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { correctedMetadata, metadataName } from '#core/runtime/partMetadata.ts';
import { dataType } from '#core/sif/descriptor.ts';
import { detailHeadBytes, parseImageHead } from '#core/sif/imageHead.ts';
import { longestMetadata } from '#core/sif/metadata.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';

/**
 * The last part of a definition is what the runtime put into the SIF's own objects, beside its file system: the whole
 * definition, and what `inspect` reads, take their places. Fails with runtime.failed.
 */
export async function correctObjects(
  image: HostPath,
  work: {
    readonly request: Pick<BuildRequest, 'runtime'>;
    readonly means: Pick<BuildMeans, 'host'>;
    readonly context: Pick<TaskContext, 'id' | 'signal'>;
    /** Private. */
    readonly folder: HostPath;
    readonly text: string;
    readonly headers: Readonly<{ bootstrap: string; from: string | null }>;
  },
): Promise<void> {
  const { host } = work.means;
  const facts = await host.files.stat(image);
  const head = parseImageHead(await host.files.read(image, 0, detailHeadBytes), facts?.sizeBytes ?? 0);
  if (head.kind !== 'sif') throw failure('it is no SIF', '', null);

  async function sif(...args: readonly Argument[]): Promise<void> {
    const spec = commandSpec({ path: work.request.runtime.path }, ['sif', ...args], {
      purpose: 'Put the whole definition into the image',
    });
    const { exitStatus, stderr } = await host.run(spec, {
      signal: work.context.signal,
      taskId: work.context.id,
    });
    if (exitStatus !== 0) throw failure('its objects could not be replaced', stderr, exitStatus);
  }

  function failure(reason: string, evidence: string, exitStatus: number | null) {
    return workbenchError(
      'runtime.failed',
      { verb: 'build it', reason: `The image was made, and ${reason}` },
      { hostId: host.id, evidence, exitStatus },
    );
  }

  for (const { id, type, name, offset, sizeBytes } of head.descriptors) {
    const isDefinition = type === dataType.definition;
    if (!isDefinition && (type !== dataType.json || name !== metadataName)) continue;
    if (sizeBytes > longestMetadata) throw failure('what it says of itself is too long', '', null);
    const old = isDefinition ? '' : new TextDecoder().decode(await host.files.read(image, offset, sizeBytes));
    const text = isDefinition ? work.text : correctedMetadata(old, work.text, work.headers);
    if (text === null) throw failure('what it says of itself cannot be read', '', null);
    const file = joinPath(work.folder, hostPathFromText(`object-${id}`));
    await host.files.write(file, text, 0o600);
    const kind = isDefinition ? ['--datatype', '1'] : ['--datatype', '6', '--filename', metadataName];
    await sif('del', String(id), { path: image });
    // The first free row of the table is the one that was emptied: it keeps its number.
    await sif('add', ...kind, '--groupid', '1', { path: image }, { path: file });
  }
}
