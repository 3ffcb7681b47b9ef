import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host } from './host.ts';
import { type HostEntry, ProbeKeeper } from './hostEntry.ts';
import { probeHost } from './probe.ts';

/** The machine on which core runs: always connected. */
export function createLocalEntry(options: {
  readonly host: Host;
  /** Asked at each probe: the user's choice of runtime, and the folders of images. */
  readonly preferences: () => {
    readonly runtimePath: HostPath | null;
    readonly imageFolders: readonly HostPath[];
    /** Where pulls go: the first of them, or the default. */
    readonly imageFolder: HostPath;
  };
  readonly onChange: () => void;
}): HostEntry {
  const { host, preferences, onChange } = options;
  const startedAt = Date.now();
  const probes = new ProbeKeeper(() => {
    const { runtimePath, imageFolder } = preferences();
    return probeHost(host, { chosenPath: runtimePath, imageFolder });
  }, onChange);
  return {
    id: host.id,
    summary() {
      const facts = probes.found?.facts ?? null;
      const { imageFolders, imageFolder } = preferences();
      return {
        id: host.id,
        label: host.label,
        kind: 'local',
        colour: 0,
        state: facts === null ? 'checking' : facts.runtimes.length === 0 ? 'noRuntime' : 'ready',
        connection: { state: 'connected', since: startedAt, reason: null },
        address: null,
        preferences: null,
        facts,
        imageFolders: imageFolders.length === 0 ? [imageFolder] : [...imageFolders],
        proposals: [],
      };
    },
    open: async () => host,
    connect: async () => undefined,
    disconnect: async () => undefined,
    known: () => probes.known(),
    check: () => probes.check(),
    begin() {
      // A failure is told to whoever asks for the facts, and the next `check` tries again.
      probes.known().catch(() => undefined);
    },
  };
}
