import { type BuildInput, buildInputSchema } from '#core/contract/builds.ts';
import { folderName, hostPathToText } from '#core/contract/hostPath.ts';
import type { FreezeSandboxInput } from '#core/contract/sandboxes.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { frozenDefinition } from './draftDefinition.ts';
import { commandsOf } from './history.ts';
import { findRecord, requireSandbox } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';

/**
 * The build that makes a SIF of a sandbox. It is built from a definition, and not from the folder alone: only then does
 * the runtime read the folder with the person's subordinate ids, keep its owners, and leave nothing out that is closed
 * to her (Apptainer 1.4.5 says a word of that, and succeeds).
 */
export async function freezeInput(room: SandboxRoom, input: FreezeSandboxInput): Promise<BuildInput> {
  const { hostId, path, folder, fileName, overwrite } = input;
  await requireSandbox(room, path);
  const sandbox = hostPathToText(path);
  if (sandbox === null || /[\n\r*?[\]@]|\{\{|^\s|\s$/.test(sandbox))
    throw workbenchError('input.invalid', {
      field: 'path',
      path,
      reason: 'A definition cannot name this folder. Move it to a plain name first.',
    });
  const record = await findRecord(room, path);
  const definition = frozenDefinition({
    base: record?.base ?? null,
    commands: await commandsOf(room, record),
    sandbox,
    createdAt: record?.createdAt ?? null,
  });
  const name = `${hostPathToText(fileName)?.replace(/\.sif$/, '') ?? 'sandbox'}.def`;
  return buildInputSchema.parse({
    definition: { kind: 'text', hostId, text: definition, folder: folderName(path), name },
    hostId,
    target: { hostId, folder, fileName },
    form: 'sif',
    buildArguments: [],
    binds: [],
    nv: false,
    architecture: null,
    noTest: true,
    overwrite,
    compression: null,
    sourceDateEpoch: null,
    temporaryFolder: null,
  });
}
