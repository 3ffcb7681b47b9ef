import type { RuntimeProduct } from '#core/contract/runtime.ts';
import { isAtLeast, type VersionNumber } from './versionNumber.ts';

/** The version from which a product has something, or null where it never had it. */
interface Since {
  readonly apptainer: VersionNumber | null;
  /** SingularityCE and the Singularity it continues; their numbers run on from each other. */
  readonly singularity: VersionNumber | null;
}

const always: VersionNumber = [0, 0, 0];

/**
 * Which version brought which flag. Sources: the flag definitions in cmd/internal/cli of apptainer 1.0–1.5 and
 * of singularity 3.7–4.5, compared between the last patches of each minor version, and both projects' CHANGELOG.
 */
const since = {
  /** `--mount type=bind,…`: exact for paths with `:` and `,`. */
  mountFlag: { apptainer: always, singularity: [3, 9, 0] },
  /** `--no-eval`: values and arguments reach the container without being evaluated by a shell. */
  noEval: { apptainer: [1, 1, 0], singularity: [3, 10, 0] },
  /** `--no-mount cwd,tmp,…`. */
  noMount: { apptainer: always, singularity: [3, 7, 0] },
  /** `--no-mount bind-paths`: without the administrator's `bind path` entries. */
  noMountBindPaths: { apptainer: [1, 2, 0], singularity: [3, 11, 0] },
  /** `--cwd`; before, `--pwd`. */
  cwdFlag: { apptainer: [1, 3, 0], singularity: [4, 0, 0] },
  /** `build --mksquashfs-args`. */
  mksquashfsArgs: { apptainer: [1, 4, 0], singularity: null },
  /** `--authfile` for pull and build. */
  authfile: { apptainer: [1, 4, 0], singularity: [4, 1, 0] },
  /** `pull --sandbox`. */
  pullSandbox: { apptainer: [1, 4, 0], singularity: null },
  /** `--unsquash`: run a SIF from a temporary sandbox where FUSE is closed. */
  unsquash: { apptainer: [1, 1, 0], singularity: null },
  /** `build --build-arg`. */
  buildArg: { apptainer: [1, 2, 0], singularity: [4, 0, 0] },
  /** `build --arch` for another architecture. */
  buildArchitecture: { apptainer: [1, 4, 0], singularity: null },
  /** `build --reproducible`. */
  reproducible: { apptainer: [1, 5, 0], singularity: null },
  /** `instance run`. */
  instanceRun: { apptainer: [1, 2, 0], singularity: [4, 0, 0] },
  /** `instance stats --json --no-stream`. */
  instanceStats: { apptainer: [1, 2, 0], singularity: [4, 0, 0] },
  /** `overlay create --sparse`. */
  overlaySparse: { apptainer: [1, 1, 0], singularity: [3, 11, 0] },
  /** `overlay create --fakeroot`. */
  overlayFakeroot: { apptainer: [1, 1, 0], singularity: null },
  /** The `registry` and `keyserver` groups of commands. */
  registryCommands: { apptainer: [1, 3, 0], singularity: [4, 0, 0] },
  /** `--oci` and OCI-SIF images. */
  ociMode: { apptainer: null, singularity: [4, 0, 0] },
  /** Images encrypted without root (gocryptfs). */
  rootlessEncryption: { apptainer: [1, 3, 0], singularity: null },
} satisfies Record<string, Since>;

export type Feature = keyof typeof since;

export type FeatureSet = Readonly<Record<Feature, boolean>> & {
  /** Registry mirrors of registries.conf are used for docker:// sources. */
  readonly honoursRegistryMirrors: boolean;
};

/** Features of a product's version, from the table. */
export function featuresOf(product: RuntimeProduct, version: VersionNumber): FeatureSet {
  const has = (name: Feature) => {
    const from: Since = since[name];
    const floor = product === 'apptainer' ? from.apptainer : from.singularity;
    return floor !== null && isAtLeast(version, floor);
  };
  return {
    mountFlag: has('mountFlag'),
    noEval: has('noEval'),
    noMount: has('noMount'),
    noMountBindPaths: has('noMountBindPaths'),
    cwdFlag: has('cwdFlag'),
    mksquashfsArgs: has('mksquashfsArgs'),
    authfile: has('authfile'),
    pullSandbox: has('pullSandbox'),
    unsquash: has('unsquash'),
    buildArg: has('buildArg'),
    buildArchitecture: has('buildArchitecture'),
    reproducible: has('reproducible'),
    instanceRun: has('instanceRun'),
    instanceStats: has('instanceStats'),
    overlaySparse: has('overlaySparse'),
    overlayFakeroot: has('overlayFakeroot'),
    registryCommands: has('registryCommands'),
    ociMode: has('ociMode'),
    rootlessEncryption: has('rootlessEncryption'),
    honoursRegistryMirrors: product === 'apptainer' && !lostMirrors(version),
  };
}

/** Apptainer 1.4.0 and 1.4.1 ignored mirrors; 1.4.2 uses them again (CHANGELOG). SingularityCE: not known to, so no. */
function lostMirrors(version: VersionNumber): boolean {
  return isAtLeast(version, [1, 4, 0]) && !isAtLeast(version, [1, 4, 2]);
}
