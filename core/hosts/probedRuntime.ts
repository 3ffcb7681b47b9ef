import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { type BuildConfiguration, createDialect, type Dialect, parseVersion } from '#core/runtime/dialect.ts';

/** The installation that is used here. */
export interface ChosenRuntime {
  readonly installation: RuntimeInstallation;
  readonly dialect: Dialect;
  /** `path`; `folder`: a usual place out of PATH; `login`: only the login shell's PATH has it. */
  readonly foundIn: 'path' | 'folder' | 'login';
  /** The administrator's switch in the runtime's configuration, as `user bind control`; null when it is not told. */
  readonly setting: (name: string) => string | null;
  /** The configuration file; null when the runtime does not name one. */
  readonly configurationFile: { readonly path: string; readonly state: string } | null;
  /** An execution control list is active: images need certain signatures. */
  readonly hasExecutionControl: boolean;
  /** What the starter's file says: `plain` is a setuid starter that lost its right. */
  readonly starter: 'setuid' | 'plain' | 'none' | null;
}

/** An installation that the probe printed. */
export interface FoundRuntime {
  /** `runtime.3`: the beginning of its keys. */
  readonly key: string;
  readonly installation: Omit<RuntimeInstallation, 'isChosen'>;
  readonly dialect: Dialect;
}

/** Values of a probe → the installations in it; what prints no version is none. */
export function findRuntimes(values: ReadonlyMap<string, string>): readonly FoundRuntime[] {
  return [...values].flatMap(([name, path]) => {
    const key = /^(runtime\.\d+)\.path$/.exec(name)?.[1];
    if (key === undefined || path === '') return [];
    const version = parseVersion(values.get(`${key}.version`) ?? '');
    if (version === null) return [];
    const dialect = createDialect(version.product, version.version, buildConfigurationOf(values, key));
    const { product, isSetuid, knowledge } = dialect;
    return [
      {
        key,
        dialect,
        installation: {
          path: hostPathFromText(path),
          product,
          version: version.version,
          isSetuid,
          knowledge,
        },
      },
    ];
  });
}

/**
 * An installation is setuid when its starter is: `buildcfg` only says that it was built so, and the starter may be left
 * out (Apptainer's package `apptainer-suid`), have lost its right, or be switched off by `allow setuid = no`.
 */
function buildConfigurationOf(values: ReadonlyMap<string, string>, key: string): BuildConfiguration | null {
  const starter = values.get(`${key}.starter`);
  const built = values.get(`${key}.suid`);
  const isOff = values.get(`${key}.conf.allow setuid`) === 'no';
  const isSetuid =
    isOff || starter === 'none' || starter === 'plain' || built === '0'
      ? false
      : starter === 'setuid' || built === '1'
        ? true
        : null;
  if (isSetuid === null) return null;
  const configurationFile = values.get(`${key}.confFile`) || null;
  return { isSetuid, configurationFile, sessionFolder: null, values: new Map() };
}

/** What the probe says of the chosen one. */
export function chosenRuntime(
  values: ReadonlyMap<string, string>,
  { key, installation, dialect }: FoundRuntime & { readonly installation: RuntimeInstallation },
): ChosenRuntime {
  const file = values.get(`${key}.confFile`) ?? '';
  const via = values.get(`${key}.via`);
  const starter = values.get(`${key}.starter`);
  return {
    installation,
    dialect,
    foundIn: via === 'login' || via === 'folder' ? via : 'path',
    setting: (name) => values.get(`${key}.conf.${name}`) ?? null,
    configurationFile:
      file === '' ? null : { path: file, state: values.get(`${key}.confState`) ?? 'readable' },
    hasExecutionControl: values.get(`${key}.ecl`) === 'yes',
    starter: starter === 'setuid' || starter === 'plain' || starter === 'none' ? starter : null,
  };
}

/** The user's choice when it is still there; else Apptainer before the others, newer before older, then as found. */
export function chooseRuntime(
  found: readonly FoundRuntime[],
  chosenPath: HostPath | null,
): FoundRuntime | null {
  const wanted = found.find(({ installation }) => installation.path === chosenPath);
  if (wanted !== undefined) return wanted;
  const rank = { apptainer: 0, 'singularity-ce': 1, singularity: 2 };
  const sorted = [...found].sort((a, b) => {
    const product = rank[a.dialect.product] - rank[b.dialect.product];
    if (product !== 0) return product;
    const [x, y] = [a.dialect.number, b.dialect.number];
    return y[0] - x[0] || y[1] - x[1] || y[2] - x[2];
  });
  return sorted[0] ?? null;
}
