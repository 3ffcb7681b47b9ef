import type { Dialect } from './dialect.ts';

/**
 * What stays of the runtime's own variables: where things are kept, and keys that a person exported to open
 * encrypted images. None of them changes what a command line means.
 */
const keptNames: ReadonlySet<string> = new Set([
  'CACHEDIR',
  'CONFIGDIR',
  'CONFIG_FILE',
  'ENCRYPTION_PASSPHRASE',
  'ENCRYPTION_PEM_DATA',
  'ENCRYPTION_PEM_PATH',
  'KEYSDIR',
  'LOCALCACHEDIR',
  'SYPGPDIR',
  'TMPDIR',
]);

/** Read by the runtime without a prefix: they would send a person's credentials to a registry nobody asked about. */
const unprefixedCredentials: ReadonlySet<string> = new Set(['DOCKER_USERNAME', 'DOCKER_PASSWORD']);

const runtimeVariable = /^(APPTAINER|SINGULARITY)(ENV)?_(.*)$/s;

/**
 * The environment without the variables that change what a command line means: every flag has one
 * (`APPTAINER_BIND`, `APPTAINER_CONTAIN`, …), `APPTAINERENV_X` enters every container, and inside a container
 * there are more. Apptainer reads the names with SINGULARITY too; the others read only those. What a runtime does
 * not read goes as well, so that a container started from within another does not inherit it.
 * Source: EnvKeys of the flags in cmd/internal/cli.
 */
export function scrubbedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  dialect: Dialect | null,
): Record<string, string> {
  const isRead = (prefix: string) =>
    dialect === null || dialect.product === 'apptainer' || prefix === 'SINGULARITY';
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || unprefixedCredentials.has(name)) continue;
    const [, prefix, isForContainer, key] = runtimeVariable.exec(name) ?? [];
    if (prefix === undefined) kept[name] = value;
    else if (isForContainer === undefined && keptNames.has(key ?? '') && isRead(prefix)) kept[name] = value;
  }
  return kept;
}
