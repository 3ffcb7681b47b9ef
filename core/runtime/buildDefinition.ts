import type { BuildOptions } from '#core/contract/builds.ts';
import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { Compression } from '#core/contract/images.ts';
import { capabilityEnvironment, type Runtime, unmistakable } from './action.ts';
import { mksquashfsArguments } from './build.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import { mask, quotePath, quoteWord } from './shellWords.ts';

/** A build from a definition file, as the runtime is asked for it. */
export interface DefinitionBuild {
  readonly runtime: Runtime;
  readonly definition: HostPath;
  /** Must not exist. */
  readonly output: HostPath;
  readonly options: BuildOptions;
  readonly compression: Compression;
  /** A file of `NAME=VALUE` lines: values are in no command line, which everybody on the machine can read. */
  readonly argumentsFile: HostPath | null;
  /** A file with the registry's credentials, by its path. */
  readonly authfile: Argument | null;
  readonly temporaryFolder: HostPath;
  /** Null leaves the runtime its own. */
  readonly cacheFolder: HostPath | null;
  readonly byHand: string;
}

/** `build` of a definition file. `-v` lets mksquashfs say how far it is. */
export function definitionBuildCommand(build: DefinitionBuild): CommandSpec {
  const { runtime, options } = build;
  const { features, variablePrefix } = runtime.dialect;
  const isSandbox = options.form === 'sandbox';
  const squash = features.mksquashfsArgs && !isSandbox ? mksquashfsArguments[build.compression] : null;
  const args: readonly Argument[] = [
    '-v',
    'build',
    ...(isSandbox ? ['--sandbox'] : []),
    ...(squash === null ? [] : ['--mksquashfs-args', squash]),
    ...(options.architecture !== null && features.buildArchitecture ? ['--arch', options.architecture] : []),
    ...(build.argumentsFile === null ? [] : ['--build-arg-file', { path: build.argumentsFile }]),
    ...(build.authfile === null ? [] : ['--authfile', build.authfile]),
    ...options.binds.flatMap((bind) => ['--bind', bind]),
    ...(options.nv ? ['--nv'] : []),
    ...(options.noTest ? ['--notest'] : []),
    ...(options.sourceDateEpoch !== null && features.reproducible ? ['--reproducible'] : []),
    { path: unmistakable(build.output) },
    { path: unmistakable(build.definition) },
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: `Build ${baseName(build.definition)}`,
    environment: {
      [`${variablePrefix}_TMPDIR`]: { path: build.temporaryFolder },
      ...(build.cacheFolder === null ? {} : { [`${variablePrefix}_CACHEDIR`]: { path: build.cacheFolder } }),
      ...(options.sourceDateEpoch === null ? {} : { SOURCE_DATE_EPOCH: String(options.sourceDateEpoch) }),
      ...capabilityEnvironment(runtime),
    },
    byHand: build.byHand,
  });
}

/** What a person would type for the same. Secret values are masked. */
export function definitionBuildByHand(build: {
  readonly programName: string;
  readonly definition: HostPath;
  readonly target: HostPath;
  readonly options: BuildOptions;
  readonly compression: Compression | null;
  readonly buildArguments: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isSecret: boolean;
  }[];
  readonly overwrite: boolean;
}): string {
  const { options } = build;
  const squash = build.compression === null ? null : mksquashfsArguments[build.compression];
  return [
    ...(options.sourceDateEpoch === null ? [] : [`SOURCE_DATE_EPOCH=${options.sourceDateEpoch}`]),
    build.programName,
    'build',
    ...(build.overwrite ? ['--force'] : []),
    ...(options.form === 'sandbox' ? ['--sandbox'] : []),
    ...(squash === null || options.form === 'sandbox' ? [] : ['--mksquashfs-args', quoteWord(squash)]),
    ...(options.architecture === null ? [] : ['--arch', quoteWord(options.architecture)]),
    ...build.buildArguments.flatMap(({ name, value, isSecret }) => [
      '--build-arg',
      isSecret || value === null ? `${name}=${mask}` : quoteWord(`${name}=${value}`),
    ]),
    ...options.binds.flatMap((bind) => ['--bind', quoteWord(bind)]),
    ...(options.nv ? ['--nv'] : []),
    ...(options.noTest ? ['--notest'] : []),
    quotePath(build.target),
    quotePath(build.definition),
  ].join(' ');
}

/** The lines of a `--build-arg-file`: everything after the first `=` is the value (seen with Apptainer 1.4.5). */
export function argumentsFileText(
  buildArguments: readonly { readonly name: string; readonly value: string | null }[],
): string {
  return buildArguments.map(({ name, value }) => `${name}=${value ?? ''}\n`).join('');
}

/** `test`: the image's own %test. */
export function testCommand(runtime: Runtime, image: HostPath): CommandSpec {
  return commandSpec({ path: runtime.path }, ['test', { path: unmistakable(image) }], {
    purpose: `Test ${baseName(image)}`,
    environment: capabilityEnvironment(runtime),
  });
}
