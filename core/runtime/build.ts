import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { Compression, ImageForm } from '#core/contract/images.ts';
import { capabilityEnvironment, type Runtime, unmistakable } from './action.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import type { Dialect } from './dialect.ts';

/**
 * Arguments for mksquashfs. The runtime adds `-comp gzip` only when there is no `-comp`, and gzip's own default is
 * level 9 (seen with Apptainer 1.4.5 and mksquashfs 4.5.1), so `gzip-9` needs none and exists everywhere.
 */
export const mksquashfsArguments: Readonly<Record<Compression, string | null>> = {
  'gzip-6': '-comp gzip -Xcompression-level 6',
  'gzip-9': null,
  'zstd-3': '-comp zstd -Xcompression-level 3',
  'zstd-9': '-comp zstd -Xcompression-level 9',
};

/** How images can be compressed by this runtime, in the order of the choice. */
export function supportedCompressions(dialect: Dialect): readonly Compression[] {
  return dialect.features.mksquashfsArgs ? ['gzip-6', 'gzip-9', 'zstd-3', 'zstd-9'] : ['gzip-9'];
}

export interface Conversion {
  readonly runtime: Runtime;
  /** Must not exist: the runtime would ask, or refuse. */
  readonly target: HostPath;
  readonly form: ImageForm;
  /** `docker://host/name:tag@sha256:…`, which goes into the image's record as it is; or the path of an image. */
  readonly source: Argument;
  /** One that the dialect does not support gives `gzip-9`. */
  readonly compression: Compression;
  /** OCI name, when it is not the host's own. */
  readonly architecture: string | null;
  /** The source's registry speaks http. */
  readonly isPlainHttp: boolean;
  /** Lets mksquashfs say how far it is (on a terminal only). */
  readonly isVerbose: boolean;
  /** HOME of the command: where it looks for registries.conf and credentials. */
  readonly homeFolder: HostPath;
  readonly temporaryFolder: HostPath;
  readonly cacheFolder: HostPath;
  /** What a person would type for the whole of it. */
  readonly byHand: string | null;
}

/** `build` of a SIF or sandbox from a registry source or an image, without the runtime's own cache. */
export function convertCommand(conversion: Conversion): CommandSpec {
  const { runtime } = conversion;
  const { features, variablePrefix } = runtime.dialect;
  const isSandbox = conversion.form === 'sandbox';
  const hasChoice = features.mksquashfsArgs && !isSandbox;
  const squash = hasChoice ? mksquashfsArguments[conversion.compression] : null;
  const args: readonly Argument[] = [
    // An option of the program, not of the verb: `build -v` is refused.
    ...(conversion.isVerbose ? ['-v'] : []),
    'build',
    '--disable-cache',
    ...(isSandbox ? ['--sandbox'] : []),
    ...(squash === null ? [] : ['--mksquashfs-args', squash]),
    ...(conversion.architecture !== null && features.buildArchitecture
      ? ['--arch', conversion.architecture]
      : []),
    ...(conversion.isPlainHttp ? ['--no-https'] : []),
    { path: unmistakable(conversion.target) },
    conversion.source,
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: `Convert to ${baseName(conversion.target)}`,
    environment: {
      HOME: { path: conversion.homeFolder },
      [`${variablePrefix}_TMPDIR`]: { path: conversion.temporaryFolder },
      [`${variablePrefix}_CACHEDIR`]: { path: conversion.cacheFolder },
      ...capabilityEnvironment(runtime),
    },
    byHand: conversion.byHand,
  });
}
