import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host as HostSummary, InstallAdvice, Verdict } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { diagnose, installAdvice } from './doctor.ts';
import type { Host } from './host.ts';
import { type Probe, probeHost } from './probe.ts';

export interface HostRegistryOptions {
  readonly local: Host;
  /** Asked at each probe: the user's choice of runtime, and where images go. */
  readonly preferences: () => { readonly runtimePath: HostPath | null; readonly imageFolder: HostPath };
  readonly onChange: () => void;
}

/** The hosts that the workbench knows, what was found there, and which runtime is used. */
export class HostRegistry {
  readonly #options: HostRegistryOptions;
  #probe: Promise<Probe> | null = null;
  #found: Probe | null = null;

  constructor(options: HostRegistryOptions) {
    this.#options = options;
  }

  get(id: HostId): Host {
    const { local } = this.#options;
    if (id !== local.id) throw workbenchError('input.invalid', { reason: `There is no host named ${id}.` });
    return local;
  }

  list(): readonly HostSummary[] {
    const { local } = this.#options;
    const facts = this.#found?.facts ?? null;
    const state = facts === null ? 'checking' : facts.runtimes.length === 0 ? 'noRuntime' : 'ready';
    return [{ id: local.id, label: local.label, kind: 'local', colour: 0, state, facts }];
  }

  /** Starts the first probe of every host, if nobody asked for it yet; what it finds is told by `onChange`. */
  begin(): void {
    // A failure is told to whoever asks for the facts, and the next `check` tries again.
    this.#known(this.#options.local.id).catch(() => undefined);
  }

  /** Probes again. */
  async check(id: HostId): Promise<HostSummary> {
    const host = this.get(id);
    this.#probe = this.#ask(host);
    await this.#probe;
    const [summary] = this.list();
    if (summary === undefined)
      throw workbenchError('input.invalid', { reason: `There is no host named ${id}.` });
    return summary;
  }

  async doctor(id: HostId): Promise<readonly Verdict[]> {
    return diagnose(await this.#known(id));
  }

  async installAdvice(id: HostId): Promise<InstallAdvice> {
    return installAdvice(await this.#known(id));
  }

  /** OCI name of the host's architecture. */
  async architecture(id: HostId): Promise<string> {
    return (await this.#known(id)).facts.architecture;
  }

  /** The chosen runtime. Fails with runtime.missing when there is none. */
  async runtime(id: HostId): Promise<Runtime> {
    const { facts, dialects, values } = await this.#known(id);
    const chosen = facts.runtimes.find((runtime) => runtime.isChosen);
    const dialect = chosen === undefined ? undefined : dialects.get(chosen.path);
    if (chosen === undefined || dialect === undefined)
      throw workbenchError('runtime.missing', { host: id }, { hostId: id });
    const missingCapabilities = facts.uid === 0 ? missingOf(values.get('capabilities') ?? '') : [];
    return { path: chosen.path, dialect, missingCapabilities };
  }

  async #known(id: HostId): Promise<Probe> {
    this.#probe ??= this.#ask(this.get(id));
    return await this.#probe;
  }

  async #ask(host: Host): Promise<Probe> {
    const { runtimePath, imageFolder } = this.#options.preferences();
    const probe = await probeHost(host, { chosenPath: runtimePath, imageFolder });
    this.#found = probe;
    this.#options.onChange();
    return probe;
  }
}

/** Bits of CapBnd that a full set has and this one lacks (capabilities(7): 24 is CAP_SYS_RESOURCE). */
function missingOf(bounding: string): readonly string[] {
  if (!/^[0-9a-f]{1,16}$/.test(bounding)) return [];
  return (BigInt(`0x${bounding}`) >> 24n) & 1n ? [] : ['CAP_SYS_RESOURCE'];
}
