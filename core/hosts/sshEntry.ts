import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { FolderProposal, HostPreferences } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { proposeFolders } from './folderProposals.ts';
import { type HostEntry, ProbeKeeper } from './hostEntry.ts';
import { type Probe, probeHost } from './probe.ts';
import type { SshHost } from './ssh/createSshHost.ts';
import type { SshConnection } from './ssh/sshConnection.ts';

/** How ssh hosts are reached; put together where core is. */
export interface SshMeans {
  createConnection(options: {
    readonly hostId: HostId;
    readonly label: string;
    readonly destination: string;
    readonly port: number | null;
    readonly sharesConnection: boolean;
    readonly onChange: () => void;
  }): SshConnection;
  /** Learns what is needed of a connected host, and gives it. */
  openHost(options: {
    readonly id: HostId;
    readonly label: string;
    readonly connection: SshConnection;
    readonly initLines: () => string;
  }): Promise<SshHost>;
  /** `alice@login.example.org:22`, as ssh resolves a destination. */
  addressOf(destination: string, port: number | null): Promise<string>;
}

export interface SshEntryOptions {
  readonly id: HostId;
  readonly preferences: HostPreferences;
  readonly means: SshMeans;
  readonly onChange: () => void;
  /** Called each time the line stands and the host was looked at. */
  readonly onConnected: () => void;
}

/** A host reached by ssh. */
export class SshEntry implements HostEntry {
  readonly id: HostId;
  readonly #options: SshEntryOptions;
  readonly #connection: SshConnection;
  readonly #probes: ProbeKeeper;
  #preferences: HostPreferences;
  #transfer: SshConnection | null = null;
  #host: Promise<SshHost> | null = null;
  #wasLost = false;
  /** By the person: nothing then opens the line by itself. */
  #isClosed = false;
  #address: string | null = null;

  constructor(options: SshEntryOptions) {
    this.id = options.id;
    this.#options = options;
    this.#preferences = options.preferences;
    this.#connection = this.#newConnection(options.preferences.destination, () => this.#changed());
    this.#probes = new ProbeKeeper(() => this.#ask(), options.onChange);
    options.means.addressOf(options.preferences.destination, options.preferences.port).then(
      (address) => {
        this.#address = address;
        options.onChange();
      },
      () => undefined, // ssh is missing or cannot read its configuration: told when connecting
    );
  }

  get connection(): SshConnection {
    return this.#connection;
  }

  get preferences(): HostPreferences {
    return this.#preferences;
  }

  /** The line to the host's data-transfer node; null where big copies go to the host itself. */
  get transferConnection(): SshConnection | null {
    const { transferDestination } = this.#preferences;
    if (transferDestination === null) return null;
    this.#transfer ??= this.#newConnection(transferDestination, () => undefined);
    return this.#transfer;
  }

  /** Folders images are listed from; the first is where pulls go. Empty before the first probe. */
  imageFolders(): readonly HostPath[] {
    const { imageFolders } = this.#preferences;
    if (imageFolders.length > 0) return imageFolders;
    const found = this.#probes.found;
    if (found === null) return [];
    const proposed = this.#proposals().find(({ use }) => use === 'images');
    const fallback = hostPathFromText('.local/share/mysingularity/images');
    return [proposed?.path ?? joinPath(found.facts.homeFolder, fallback)];
  }

  /** True where new preferences need another line. */
  isElsewhere(preferences: HostPreferences): boolean {
    const { destination, port, sharesConnection, transferDestination } = this.#preferences;
    return (
      preferences.destination !== destination ||
      preferences.port !== port ||
      preferences.sharesConnection !== sharesConnection ||
      preferences.transferDestination !== transferDestination
    );
  }

  setPreferences(preferences: HostPreferences): void {
    this.#preferences = preferences;
  }

  summary() {
    const facts = this.#probes.found?.facts ?? null;
    const isChecking = this.#probes.isRunning;
    return {
      id: this.id,
      label: this.#preferences.label,
      kind: 'ssh' as const,
      colour: this.#preferences.colour,
      state:
        facts === null
          ? isChecking
            ? ('checking' as const)
            : ('unknown' as const)
          : facts.runtimes.length === 0
            ? ('noRuntime' as const)
            : ('ready' as const),
      connection: this.#connection.state(),
      address: this.#address,
      preferences: this.#preferences,
      facts,
      imageFolders: [...this.imageFolders()],
      proposals: [...this.#proposals()],
    };
  }

  async open(): Promise<SshHost> {
    const { state, reason } = this.#connection.state();
    if (state === 'refused' && reason !== null) throw new WorkbenchError(reason);
    if (this.#isClosed || (this.#host === null && state !== 'connected' && state !== 'degraded'))
      throw workbenchError('host.notConnected', { host: this.#preferences.label }, { hostId: this.id });
    return await this.#opened();
  }

  async connect(): Promise<void> {
    this.#isClosed = false;
    await this.#connection.connect();
    await this.#opened();
    const probing = this.#probes.check();
    // What was found before counts until it is looked at again: nobody waits for that.
    if (this.#probes.found === null) await probing;
    else probing.catch(() => undefined); // told to whoever asks next
    this.#options.onConnected();
  }

  async disconnect(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#connection.disconnect(), this.#transfer?.disconnect()]);
  }

  async known(): Promise<Probe> {
    if (this.#probes.found === null) await this.open();
    return await this.#probes.known();
  }

  async check(): Promise<Probe> {
    await this.open();
    return await this.#probes.check();
  }

  begin(): void {
    // A person connects: nothing is asked of a cluster because a window was opened.
  }

  /** A line that came back by itself: what was detached there is taken up, as when the person reconnects. */
  #changed(): void {
    const { state } = this.#connection.state();
    const isBack = this.#wasLost && state === 'connected';
    this.#wasLost = state === 'lost' || (this.#wasLost && state !== 'connected');
    this.#options.onChange();
    if (isBack) this.#options.onConnected();
  }

  #opened(): Promise<SshHost> {
    this.#host ??= this.#options.means
      .openHost({
        id: this.id,
        label: this.#preferences.label,
        connection: this.#connection,
        initLines: () => this.#preferences.initLines,
      })
      .catch((thrown: unknown) => {
        this.#host = null;
        throw thrown;
      });
    return this.#host;
  }

  async #ask(): Promise<Probe> {
    const host = await this.#opened();
    return await probeHost(host, {
      chosenPath: this.#preferences.runtimePath,
      imageFolder: this.#preferences.imageFolders[0] ?? null,
    });
  }

  #proposals(): readonly FolderProposal[] {
    const { found } = this.#probes;
    return found === null ? [] : proposeFolders(found);
  }

  #newConnection(destination: string, onChange: () => void): SshConnection {
    const { label, port, sharesConnection } = this.#preferences;
    return this.#options.means.createConnection({
      hostId: this.id,
      label,
      destination,
      port,
      sharesConnection,
      onChange,
    });
  }
}
