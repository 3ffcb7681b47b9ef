import {
  type BuildInput,
  type BuildOptions,
  type DefinitionSource,
  longestDefinition,
} from '#core/contract/builds.ts';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToText,
} from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { Compression } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { targetPath } from '#core/images/pullTarget.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { supportedCompressions } from '#core/runtime/build.ts';
import { definitionBuildByHand } from '#core/runtime/buildDefinition.ts';
import { type BuildOutline, buildOutline } from '#core/runtime/definition/buildOutline.ts';
import type { BuildMeans } from './buildMeans.ts';

/** The definition as it is built. */
export interface Definition {
  /** For people: `python.def`. */
  readonly name: string;
  /** Null for a text that is no file. */
  readonly path: HostPath | null;
  /** The machine on which it and its files lie. */
  readonly hostId: HostId;
  /** What its relative paths start from. */
  readonly folder: HostPath;
  readonly text: string;
  /** Of the text with the values of build arguments in place. */
  readonly outline: BuildOutline;
}

/** Input → what is built, with everything decided that can be decided without a look at the files it needs. */
export interface BuildRequest {
  readonly input: BuildInput;
  readonly definition: Definition;
  readonly target: HostPath;
  readonly targetHostId: HostId;
  readonly options: BuildOptions;
  readonly compression: Compression;
  readonly runtime: Runtime;
  readonly architecture: string;
  readonly byHand: string;
  /** What must not be seen. */
  readonly secrets: readonly string[];
}

/** Fails with host.pathMissing, input.invalid, build.definition and what the host fails with. */
export async function buildRequest(input: BuildInput, means: BuildMeans): Promise<BuildRequest> {
  const { hostId, target } = input;
  if (target.hostId !== hostId && target.hostId !== localHostId && hostId !== localHostId)
    throw workbenchError('input.invalid', {
      field: 'target',
      reason: 'An image that is built on a host stays there or comes to this machine.',
    });
  if (input.form === 'sandbox' && target.hostId !== hostId)
    throw workbenchError('input.invalid', {
      field: 'form',
      reason:
        'A folder cannot go to another machine: build a SIF, or let the sandbox stay where it is built.',
    });
  const dropped = input.buildArguments.find(({ value }) => value === null);
  if (dropped !== undefined)
    throw workbenchError('input.invalid', {
      field: dropped.name,
      reason: 'Its value was secret and was not kept. Give it again.',
    });
  const { files } = await means.hosts.open(input.definition.hostId);
  const definition = await readDefinition(input, files);
  const runtime = await means.hosts.runtime(hostId);
  const supported = supportedCompressions(runtime.dialect);
  const wanted = input.compression ?? means.preferences(hostId).compression;
  const compression = supported.includes(wanted) ? wanted : 'gzip-9';
  const path = targetOf(input, means);
  const { form, binds, nv, architecture, noTest, sourceDateEpoch, checkpoints } = input;
  const options = {
    form,
    binds,
    nv,
    architecture,
    noTest,
    compression,
    sourceDateEpoch,
    checkpoints,
  };
  return {
    input,
    definition,
    target: path,
    targetHostId: target.hostId,
    options,
    compression,
    runtime,
    architecture: architecture ?? (await means.hosts.architecture(hostId)),
    byHand: definitionBuildByHand({
      programName: runtime.dialect.programName,
      definition: definition.path ?? hostPathFromText(definition.name),
      target: path,
      options,
      compression: supported.length > 1 ? compression : null,
      buildArguments: input.buildArguments,
      overwrite: input.overwrite,
    }),
    secrets: input.buildArguments.flatMap(({ value, isSecret }) =>
      isSecret && value !== null && value !== '' ? [value] : [],
    ),
  };
}

/** Where the image of an input goes. Fails with input.invalid for what is no folder or name. */
export function targetOf(input: BuildInput, means: Pick<BuildMeans, 'preferences'>): HostPath {
  const { hostId, folder, fileName } = input.target;
  const stem = stemOf(input.definition);
  const name = hostPathFromText(input.form === 'sandbox' ? stem : `${stem}.sif`);
  return targetPath(folder ?? means.preferences(hostId).defaultFolder, fileName ?? name);
}

/** The definition's name without its ending; a Dockerfile is called after its folder. */
function stemOf(source: DefinitionSource): string {
  const name = nameOf(source);
  const folder = baseName(source.kind === 'text' ? source.folder : folderName(source.path));
  if (/^(?:Dockerfile|Containerfile)$/i.test(name) && folder !== '/') return hostPathToText(folder) ?? folder;
  return name.replace(/\.(def|recipe|singularity|dockerfile)$/i, '');
}

/** What people call the definition. */
export function nameOf(source: DefinitionSource): string {
  if (source.kind === 'text') return source.name;
  return hostPathToText(baseName(source.path)) ?? baseName(source.path);
}

async function readDefinition(input: BuildInput, files: HostFiles): Promise<Definition> {
  const source = input.definition;
  const name = nameOf(source);
  const text = source.kind === 'text' ? source.text : await readText(source.path, files);
  const given = Object.fromEntries(input.buildArguments.map((one) => [one.name, one.value ?? '']));
  return {
    name,
    path: source.kind === 'text' ? null : source.path,
    hostId: source.hostId,
    folder: source.kind === 'text' ? source.folder : folderName(source.path),
    text,
    outline: buildOutline(text, given),
  };
}

async function readText(path: HostPath, files: HostFiles): Promise<string> {
  const facts = await files.stat(path);
  if (facts === null) throw workbenchError('host.pathMissing', { path });
  const bytes = facts.kind === 'file' ? await files.read(path, 0, longestDefinition + 1) : null;
  if (bytes === null || bytes.length > longestDefinition || bytes.includes(0))
    throw workbenchError('build.definition', { path, reason: 'It is not a definition file' });
  return new TextDecoder().decode(bytes);
}
