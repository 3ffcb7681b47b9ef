import type { Host as HostSummary } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Host } from './host.ts';
import type { Probe } from './probe.ts';

/** One host that the workbench knows: how to reach it, and what was found there. */
export interface HostEntry {
  readonly id: HostId;
  summary(): HostSummary;
  /** The host, ready to be used. Fails with host.notConnected, or with why signing in was refused. */
  open(): Promise<Host>;
  /** Signs in where that is needed, and probes. Fails as SshConnection.connect does. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** What the last probe found; asks when there was none. */
  known(): Promise<Probe>;
  /** Probes again. */
  check(): Promise<Probe>;
  /** Starts the first probe where that asks nobody anything. */
  begin(): void;
}

/** Remembers the last probe; callers share one that runs. */
export class ProbeKeeper {
  readonly #ask: () => Promise<Probe>;
  readonly #onFound: () => void;
  #running: Promise<Probe> | null = null;
  #found: Probe | null = null;

  constructor(ask: () => Promise<Probe>, onFound: () => void) {
    this.#ask = ask;
    this.#onFound = onFound;
  }

  get found(): Probe | null {
    return this.#found;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  async known(): Promise<Probe> {
    return this.#found ?? (await this.check());
  }

  async check(): Promise<Probe> {
    this.#running ??= this.#probe().finally(() => {
      this.#running = null;
    });
    return await this.#running;
  }

  async #probe(): Promise<Probe> {
    this.#found = await this.#ask();
    this.#running = null;
    this.#onFound();
    return this.#found;
  }
}
