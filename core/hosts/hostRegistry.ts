import type { Diagnosis, HostPreferences, Host as HostSummary, InstallAdvice } from '#core/contract/hosts.ts';
import { defaultHostPreferences, destinationSchema } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { runtimeOf } from './chosenRuntime.ts';
import { diagnose } from './doctor.ts';
import type { Host } from './host.ts';
import type { HostEntry } from './hostEntry.ts';
import { installAdvice } from './installAdvice.ts';
import { SshEntry, type SshMeans } from './sshEntry.ts';

export interface HostRegistryOptions {
  readonly local: HostEntry;
  /** The ssh hosts of the settings, in their order. */
  readonly sshHosts: () => readonly (HostPreferences & { readonly id: HostId })[];
  readonly means: SshMeans;
  readonly onChange: () => void;
  /** A host can be used (again): work that was detached there is taken up. */
  readonly onConnected: (id: HostId) => void;
}

/** Hosts that are not in the settings are named so: `ssh:alice@login.example.org`, for the command line. */
const passingPrefix = 'ssh:';

/** The hosts that the workbench knows, what was found there, and which runtime is used. */
export class HostRegistry {
  readonly #options: HostRegistryOptions;
  readonly #ssh = new Map<HostId, SshEntry>();

  constructor(options: HostRegistryOptions) {
    this.#options = options;
    this.settingsChanged();
  }

  list(): readonly HostSummary[] {
    const listed = this.#options.sshHosts().flatMap(({ id }) => this.#ssh.get(id) ?? []);
    const passing = [...this.#ssh.values()].filter(({ id }) => id.startsWith(passingPrefix));
    return [this.#options.local, ...listed, ...passing].map((entry) => entry.summary());
  }

  summary(id: HostId): HostSummary {
    return this.#entry(id).summary();
  }

  /** The host, ready to be used. Fails with host.unknown or host.notConnected. */
  async open(id: HostId): Promise<Host> {
    return await this.#entry(id).open();
  }

  /** The entry of an ssh host; null for the local machine. Fails with host.unknown. */
  sshEntry(id: HostId): SshEntry | null {
    const entry = this.#entry(id);
    return entry instanceof SshEntry ? entry : null;
  }

  /** Starts the first probe of the local machine; what it finds is told by `onChange`. */
  begin(): void {
    this.#options.local.begin();
  }

  async connect(id: HostId): Promise<HostSummary> {
    const entry = this.#entry(id);
    await entry.connect();
    return entry.summary();
  }

  async disconnect(id: HostId): Promise<void> {
    await this.#entry(id).disconnect();
  }

  /** Probes again. */
  async check(id: HostId): Promise<HostSummary> {
    const entry = this.#entry(id);
    await entry.check();
    return entry.summary();
  }

  async doctor(id: HostId): Promise<Diagnosis> {
    return diagnose(await this.#entry(id).known());
  }

  async installAdvice(id: HostId): Promise<InstallAdvice> {
    return installAdvice(await this.#entry(id).known());
  }

  /** OCI name of the host's architecture. */
  async architecture(id: HostId): Promise<string> {
    return (await this.#entry(id).known()).facts.architecture;
  }

  /** One fact of the last probe by its name; null when it was not found. */
  async fact(id: HostId, name: string): Promise<string | null> {
    const value = (await this.#entry(id).known()).values.get(name);
    return value === undefined || value === '' ? null : value;
  }

  /** A switch of the chosen runtime's configuration, such as `user bind control`; null when it is not told. */
  async runtimeSetting(id: HostId, name: string): Promise<string | null> {
    return (await this.#entry(id).known()).chosen?.setting(name) ?? null;
  }

  /** The chosen runtime. Fails with runtime.missing when there is none. */
  async runtime(id: HostId): Promise<Runtime> {
    return runtimeOf(await this.#entry(id).known(), id);
  }

  /** Brings the entries in line with the settings. Lines that lead elsewhere now are closed. */
  settingsChanged(): void {
    const wanted = new Map(this.#options.sshHosts().map((host) => [host.id, host]));
    for (const [id, entry] of this.#ssh) {
      const preferences = wanted.get(id);
      if (preferences !== undefined && !entry.isElsewhere(preferences)) entry.setPreferences(preferences);
      else if (!id.startsWith(passingPrefix)) this.#drop(entry);
    }
    for (const [id, preferences] of wanted) if (!this.#ssh.has(id)) this.#add(id, preferences);
    this.#options.onChange();
  }

  #entry(id: HostId): HostEntry {
    const { local } = this.#options;
    const entry = id === local.id ? local : this.#ssh.get(id);
    if (entry !== undefined) return entry;
    const destination = id.startsWith(passingPrefix) ? id.slice(passingPrefix.length) : '';
    if (!destinationSchema.safeParse(destination).success) throw workbenchError('host.unknown', { host: id });
    return this.#add(id, { ...defaultHostPreferences, label: destination.slice(0, 64), destination });
  }

  #add(id: HostId, preferences: HostPreferences): SshEntry {
    const { means, onChange, onConnected } = this.#options;
    const entry = new SshEntry({ id, preferences, means, onChange, onConnected: () => onConnected(id) });
    this.#ssh.set(id, entry);
    return entry;
  }

  #drop(entry: SshEntry): void {
    this.#ssh.delete(entry.id);
    entry.disconnect().catch((thrown: unknown) => console.error(thrown));
  }
}
