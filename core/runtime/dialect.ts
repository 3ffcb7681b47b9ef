import type { RuntimeProduct } from '#core/contract/runtime.ts';
import { type FeatureSet, featuresOf } from './features.ts';
import { type VersionNumber, versionNumber } from './versionNumber.ts';

/** What one installed runtime understands: everything that a command line depends on. */
export interface Dialect {
  readonly product: RuntimeProduct;
  /** As printed: `1.4.5`, `4.1.0-rc.1+12-gabc`. */
  readonly version: string;
  readonly number: VersionNumber;
  /** Name of the command for people: `apptainer` or `singularity`. */
  readonly programName: 'apptainer' | 'singularity';
  /** Environment variables are `<prefix>_BIND` and, for the container, `<prefix>ENV_NAME`. */
  readonly variablePrefix: 'APPTAINER' | 'SINGULARITY';
  /** Installed with a setuid starter; null when the build configuration does not say. */
  readonly isSetuid: boolean | null;
  readonly features: FeatureSet;
  /** Whether this product and version is executed in the project's tests, or known from documentation only. */
  readonly knowledge: 'run' | 'documentation';
}

export interface VersionText {
  readonly product: RuntimeProduct;
  readonly version: string;
}

/** What `buildcfg` says of an installation. Null where it says nothing. */
export interface BuildConfiguration {
  readonly isSetuid: boolean | null;
  readonly configurationFile: string | null;
  readonly sessionFolder: string | null;
  readonly values: ReadonlyMap<string, string>;
}

/** Versions that the project's own tests execute. */
const executedVersions: readonly string[] = ['apptainer 1.4.5'];

const productLine = /^(apptainer|singularity-ce|singularitypro|singularity) version (\d[\w.+~-]{0,127})$/i;
const bareVersionTwo = /^2\.\d+[\w.+~-]{0,60}$/;

/**
 * Output of `--version` → product and version; null when it is not a runtime's. The product is read from the
 * text, because Apptainer also installs itself as `singularity`. Other lines (login noise) are skipped.
 * Source of the form: `versionTemplate` in cmd/internal/cli; Singularity 2 prints the bare number.
 */
export function parseVersion(versionText: string): VersionText | null {
  for (const line of versionText.split('\n').slice(0, 200)) {
    const text = line.trim();
    const named = productLine.exec(text);
    if (named?.[1] !== undefined && named[2] !== undefined)
      return { product: productOf(named[1].toLowerCase()), version: named[2] };
    if (bareVersionTwo.test(text)) return { product: 'singularity', version: text };
  }
  return null;
}

/** Output of `buildcfg` (lines of KEY=VALUE) → what the workbench asks of it. */
export function parseBuildConfiguration(text: string): BuildConfiguration {
  const values = new Map<string, string>();
  for (const line of text.split('\n').slice(0, 500)) {
    const pair = /^([A-Z][A-Z0-9_]*)=(.*?)\r?$/.exec(line);
    if (pair?.[1] !== undefined && pair[2] !== undefined) values.set(pair[1], pair[2]);
  }
  const either = (name: string) =>
    values.get(`APPTAINER_${name}`) ?? values.get(`SINGULARITY_${name}`) ?? values.get(name) ?? null;
  const setuid = either('SUID_INSTALL');
  return {
    isSetuid: setuid === '1' ? true : setuid === '0' ? false : null,
    configurationFile: either('CONF_FILE'),
    sessionFolder: either('SESSIONDIR'),
    values,
  };
}

/** Product, version and build configuration → the dialect that commands are written in. */
export function createDialect(
  product: RuntimeProduct,
  version: string,
  buildConfiguration: BuildConfiguration | null,
): Dialect {
  const number = versionNumber(version);
  const isApptainer = product === 'apptainer';
  return {
    product,
    version,
    number,
    programName: isApptainer ? 'apptainer' : 'singularity',
    variablePrefix: isApptainer ? 'APPTAINER' : 'SINGULARITY',
    isSetuid: buildConfiguration?.isSetuid ?? null,
    features: featuresOf(product, number),
    knowledge: executedVersions.includes(`${product} ${version}`) ? 'run' : 'documentation',
  };
}

function productOf(name: string): RuntimeProduct {
  if (name === 'apptainer') return 'apptainer';
  return name === 'singularity' ? 'singularity' : 'singularity-ce';
}
