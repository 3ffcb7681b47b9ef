import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { HostFacts } from '#core/contract/hosts.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { type BuildConfiguration, createDialect, type Dialect, parseVersion } from '#core/runtime/dialect.ts';
import type { Host } from './host.ts';
import { probeScript } from './probeScript.ts';

/** Everything that one probe of a host found. */
export interface Probe {
  readonly facts: HostFacts;
  readonly values: ReadonlyMap<string, string>;
  readonly dialects: ReadonlyMap<RuntimeInstallation['path'], Dialect>;
}

/** Asks a host once. `chosenPath` names the installation that the user chose; without it the best one is taken. */
export async function probeHost(
  host: Host,
  options: {
    readonly chosenPath: RuntimeInstallation['path'] | null;
    readonly imageFolder: HostFacts['homeFolder'];
  },
): Promise<Probe> {
  const startedAt = performance.now();
  const spec = commandSpec('/bin/sh', ['-s'], { purpose: 'Look at this host' });
  const outcome = await host.run(spec, { stdin: probeScript, isQuiet: true });
  const values = parseProbe(outcome.stdout);
  const found = findRuntimes(values);
  const chosen = chooseRuntime(found, options.chosenPath);
  const freeBytes = await host.files.freeBytes(options.imageFolder).catch(() => null); // unknown is shown as unknown
  const facts: HostFacts = {
    architecture: architectureOf(values.get('machine') ?? ''),
    operatingSystem: values.get('osName') ?? '',
    kernel: values.get('kernel') ?? '',
    userName: values.get('userName') ?? '',
    uid: Number(values.get('uid') ?? -1),
    homeFolder: host.homeFolder,
    runtimes: found.map(({ installation }) => ({ ...installation, isChosen: installation.path === chosen })),
    privilege: privilegeOf(
      values,
      found.find(({ installation }) => installation.path === chosen)?.dialect ?? null,
    ),
    freeBytes,
    checkedAt: Date.now(),
    durationMs: performance.now() - startedAt,
  };
  return {
    facts,
    values,
    dialects: new Map(found.map(({ installation, dialect }) => [installation.path, dialect])),
  };
}

/** `key=value` lines → a map. Lines of another form (noise of a login shell) are skipped. */
export function parseProbe(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const pair = /^([A-Za-z][\w./+ -]*)=(.*)$/.exec(line);
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
  readonly installation: Omit<RuntimeInstallation, 'isChosen'>;
  readonly dialect: Dialect;
}

function findRuntimes(values: ReadonlyMap<string, string>): readonly FoundRuntime[] {
  return [...values].flatMap(([key, versionText]) => {
    if (!key.startsWith('runtime.')) return [];
    const version = parseVersion(versionText);
    if (version === null) return [];
    const path = key.slice('runtime.'.length);
    const dialect = createDialect(version.product, version.version, suidOf(values.get(`suid.${path}`)));
    const { product, isSetuid, knowledge } = dialect;
    return [
      {
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

function suidOf(value: string | undefined): BuildConfiguration | null {
  if (value !== '0' && value !== '1') return null;
  return { isSetuid: value === '1', configurationFile: null, sessionFolder: null, values: new Map() };
}

/** The user's choice when it is still there; else Apptainer before the others, newer before older, then as found. */
function chooseRuntime(found: readonly FoundRuntime[], chosenPath: RuntimeInstallation['path'] | null) {
  if (found.some(({ installation }) => installation.path === chosenPath)) return chosenPath;
  const rank = { apptainer: 0, 'singularity-ce': 1, singularity: 2 };
  const sorted = [...found].sort((a, b) => {
    const product = rank[a.dialect.product] - rank[b.dialect.product];
    if (product !== 0) return product;
    const [x, y] = [a.dialect.number, b.dialect.number];
    return y[0] - x[0] || y[1] - x[1] || y[2] - x[2];
  });
  return sorted[0]?.installation.path ?? null;
}

/** How containers get their rights here, for the status bar. */
function privilegeOf(values: ReadonlyMap<string, string>, dialect: Dialect | null): string {
  const fakeroot = (values.get('subuid') ?? '') === '' ? 'root-mapped fakeroot' : 'subuid fakeroot';
  if (values.get('uid') === '0') return 'root';
  if (dialect?.isSetuid === true) return `setuid, ${fakeroot}`;
  return values.get('userNamespaceTest') === 'works' ? `user namespaces, ${fakeroot}` : 'no user namespaces';
}
