import type { Dialect } from '../dialect.ts';
import { isAtLeast } from '../versionNumber.ts';

/** What one runtime takes in a definition file. */
export interface DefinitionDialect {
  /** `Apptainer 1.4.5`; null where it is not known which will build. */
  readonly label: string | null;
  /** Bootstrap agents, as they must be written. */
  readonly agents: ReadonlySet<string>;
  /** Header names in lower case; `otherurl<N>` besides. */
  readonly headers: ReadonlySet<string>;
  /** `{{ name }}` is replaced; else it stays as it is. */
  readonly hasBuildArguments: boolean;
  /** A build argument that no stage uses ends the build (Apptainer), or is only mentioned (SingularityCE). */
  readonly areUnusedArgumentsFatal: boolean;
}

const agents = [
  'docker',
  'docker-archive',
  'docker-daemon',
  'oci',
  'oci-archive',
  'library',
  'oras',
  'shub',
  'localimage',
  'yum',
  'debootstrap',
  'zypper',
  'arch',
  'busybox',
  'scratch',
];
const buildkitAgents = ['buildkit', 'dockerfile'];
const headers = [
  'bootstrap',
  'from',
  'includecmd',
  'mirrorurl',
  'updateurl',
  'osversion',
  'include',
  'library',
  'registry',
  'namespace',
  'stage',
  'product',
  'user',
  'regcode',
  'productpgp',
  'registerurl',
  'modules',
  'fingerprints',
];
const buildkitHeaders = ['target', 'frontend', 'filename', 'buildargs'];

/**
 * A runtime → what it takes in a definition file; null takes what any of the newest take. Sources: validHeaders in
 * pkg/build/types/parser/deffile.go and conveyorPacker in internal/pkg/build of apptainer 1.0–1.5 and SingularityCE
 * 3.8–4.5; executed with Apptainer 1.4.5 alone.
 */
export function definitionDialect(dialect: Dialect | null): DefinitionDialect {
  if (dialect === null)
    return {
      label: null,
      agents: new Set([...agents, 'dnf', ...buildkitAgents]),
      headers: new Set([...headers, 'confurl', 'setopt', ...buildkitHeaders]),
      hasBuildArguments: true,
      areUnusedArgumentsFatal: true,
    };
  const isApptainer = dialect.product === 'apptainer';
  const since = (
    apptainer: readonly [number, number, number],
    singularity: readonly [number, number, number],
  ) => isAtLeast(dialect.number, isApptainer ? apptainer : singularity);
  const hasBuildkit = isApptainer && isAtLeast(dialect.number, [1, 5, 0]);
  return {
    label: `${productNames[dialect.product]} ${dialect.version}`,
    agents: new Set([
      ...agents,
      ...(since([1, 4, 0], [4, 3, 0]) ? ['dnf'] : []),
      ...(hasBuildkit ? buildkitAgents : []),
    ]),
    headers: new Set([
      ...headers,
      ...(isApptainer ? ['confurl'] : []),
      ...(since([1, 2, 0], [4, 0, 0]) ? ['setopt'] : []),
      ...(hasBuildkit ? buildkitHeaders : []),
    ]),
    hasBuildArguments: dialect.features.buildArg,
    areUnusedArgumentsFatal: isApptainer,
  };
}

const productNames: Readonly<Record<Dialect['product'], string>> = {
  apptainer: 'Apptainer',
  'singularity-ce': 'SingularityCE',
  singularity: 'Singularity',
};

/** Whether a header name (in lower case) is one that the runtime reads. */
export function isKnownHeader(name: string, dialect: DefinitionDialect): boolean {
  return dialect.headers.has(name) || /^otherurl[0-9]+$/.test(name);
}
