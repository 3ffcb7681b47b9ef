import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostFacts } from '#core/contract/hosts.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { Dialect } from '#core/runtime/dialect.ts';
import { readFolders } from './folderFacts.ts';
import { proposeFolders } from './folderProposals.ts';
import type { Host } from './host.ts';
import { privilegeText, readPrivilege } from './privilegeFacts.ts';
import { type ChosenRuntime, chooseRuntime, chosenRuntime, findRuntimes } from './probedRuntime.ts';
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
