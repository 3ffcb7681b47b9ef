import type { HostPath } from '#core/contract/hostPath.ts';
import type { ImageForm } from '#core/contract/images.ts';
import { unmistakable } from './action.ts';
import { type Conversion, convertCommand } from './build.ts';
import type { CommandSpec } from './commandSpec.ts';
import { quotePath } from './shellWords.ts';

/** What the runtime builds an image from, on its own machine. */
export interface BuildSource {
  /** `file`: an image or a folder. */
  readonly transport: 'docker-archive' | 'oci-archive' | 'oci' | 'docker-daemon' | 'file';
  /** A path; for `docker-daemon` the name of an image. */
  readonly path: HostPath;
}

export interface ImportBuild
  extends Omit<Conversion, 'source' | 'architecture' | 'isPlainHttp' | 'isVerbose'> {
  readonly from: BuildSource;
}

/**
 * `build` from a file or folder. Apptainer 1.4 takes the whole rest of `docker-archive:…` and `oci:…` for a path, older
 * ones look for a tag after the first colon: give paths without one, to archives and layouts with one image.
 */
export function importCommand({ from, ...conversion }: ImportBuild): CommandSpec {
  return convertCommand({
    ...conversion,
    source: { path: buildSource(from) },
    architecture: null,
    isPlainHttp: false,
    isVerbose: true,
  });
}

/** What a person would type for the same. */
export function importByHand(
  programName: string,
  build: { readonly from: BuildSource; readonly form: ImageForm; readonly target: HostPath },
): string {
  const sandbox = build.form === 'sandbox' ? ' --sandbox' : '';
  return `${programName} build${sandbox} ${quotePath(build.target)} ${quotePath(buildSource(build.from))}`;
}

function buildSource({ transport, path }: BuildSource): HostPath {
  return transport === 'file' ? unmistakable(path) : (`${transport}:${path}` as HostPath);
}
