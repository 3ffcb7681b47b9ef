import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { HostFacts } from '#core/contract/hosts.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { type BuildConfiguration, createDialect, type Dialect, parseVersion } from '#core/runtime/dialect.ts';
import { readFolders } from './folderFacts.ts';
import { proposeFolders } from './folderProposals.ts';
import type { Host } from './host.ts';
import { privilegeText, readPrivilege } from './privilegeFacts.ts';
import { probeScript } from './probeScript.ts';

/** Everything that one probe of a host found. */
export interface Probe {
  readonly hostKind: Host['kind'];
  readonly facts: HostFacts;
  /** As the script printed it; its comments say which keys there are. */
  readonly values: ReadonlyMap<string, string>;
  readonly dialects: ReadonlyMap<RuntimeInstallation['path'], Dialect>;
  /** Null where no runtime was found. */
  readonly chosen: ChosenRuntime | null;
}

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

export interface ProbeOptions {
  /** The installation that the user chose; without it the best one is taken. */
  readonly chosenPath: RuntimeInstallation['path'] | null;
  /** The first folder of images; null takes what the probe proposes. */
  readonly imageFolder: HostPath | null;
  readonly signal?: AbortSignal;
}

/** Each question has its own limit; a host that still does not end has a mount that even the shell waits for. */
const longestSeconds = 30;

/** Asks a host once, in one round trip. Fails with host.timeout when it does not end. */
export async function probeHost(host: Host, options: ProbeOptions): Promise<Probe> {
  const startedAt = performance.now();
  const { imageFolder, signal } = options;
  const args = imageFolder === null ? ['-s'] : ['-s', '--', { path: imageFolder }];
  const spec = commandSpec('/bin/sh', args, { purpose: 'Look at this host' });
  const limit = AbortSignal.timeout(longestSeconds * 1000);
  const outcome = await host
    .run(spec, {
      stdin: probeScript,
      isQuiet: true,
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    })
    .catch((cause: unknown) => {
      if (!limit.aborted || signal?.aborted === true) throw cause;
      const facts = { host: host.label, address: host.label, seconds: longestSeconds };
      throw workbenchError('host.timeout', facts, { hostId: host.id, cause });
    });
  const values = parseProbe(outcome.stdout);
  const probe = readProbe(values, { host, chosenPath: options.chosenPath });
  return { ...probe, facts: { ...probe.facts, durationMs: performance.now() - startedAt } };
}

function readProbe(
  values: Probe['values'],
  { host, chosenPath }: { readonly host: Host; readonly chosenPath: HostPath | null },
): Probe {
  const found = findRuntimes(values);
  const best = chooseRuntime(found, chosenPath);
  const runtimes = found.map(({ installation }) => ({
    ...installation,
    isChosen: installation.path === best?.installation.path,
  }));
  const facts: HostFacts = {
    architecture: architectureOf(values.get('machine') ?? ''),
    operatingSystem: values.get('osName') ?? '',
    kernel: values.get('kernel') ?? '',
    userName: values.get('userName') ?? '',
    uid: Number(values.get('uid') ?? -1),
    homeFolder: host.homeFolder,
    runtimes,
    privilege: '',
    freeBytes: null,
    checkedAt: Date.now(),
    durationMs: 0,
  };
  const probe: Probe = {
    hostKind: host.kind,
    facts,
    values,
    dialects: new Map(found.map(({ installation, dialect }) => [installation.path, dialect])),
    chosen:
      best === null
        ? null
        : chosenRuntime(values, { ...best, installation: { ...best.installation, isChosen: true } }),
  };
  return {
    ...probe,
    facts: { ...facts, privilege: privilegeText(readPrivilege(probe)), freeBytes: freeForImages(probe) },
  };
}

/** Room in the folder of images, or where one is proposed. */
function freeForImages(probe: Probe): number | null {
  const folders = readFolders(probe.values);
  const images = folders.find((folder) => folder.name === 'images');
  if (images !== undefined) return images.freeBytes;
  const proposed = proposeFolders(probe).find((proposal) => proposal.use === 'images');
  const below = folders.filter(({ path }) => proposed?.path.startsWith(path) === true);
  return below.sort((a, b) => b.path.length - a.path.length)[0]?.freeBytes ?? null;
}

/** `key=value` lines → a map. Lines of another form (noise of a login shell) are skipped. */
export function parseProbe(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const pair = /^([A-Za-z][\w./:+ -]*)=(.*)$/.exec(line);
    if (pair?.[1] !== undefined && pair[2] !== undefined) values.set(pair[1], pair[2].trim());
  }
  return values;
}

/** `uname -m` → the OCI name of the architecture. */
export function architectureOf(machine: string): string {
  const names: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm',
    i686: '386',
    i386: '386',
    loongarch64: 'loong64',
  };
  return names[machine] ?? machine;
}

interface FoundRuntime {
  /** `runtime.3`: the beginning of its keys. */
  readonly key: string;
  readonly installation: Omit<RuntimeInstallation, 'isChosen'>;
  readonly dialect: Dialect;
}

function findRuntimes(values: Probe['values']): readonly FoundRuntime[] {
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
function buildConfigurationOf(values: Probe['values'], key: string): BuildConfiguration | null {
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

function chosenRuntime(
  values: Probe['values'],
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
function chooseRuntime(found: readonly FoundRuntime[], chosenPath: HostPath | null): FoundRuntime | null {
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
