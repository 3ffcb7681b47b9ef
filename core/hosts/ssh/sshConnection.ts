import type { Connection } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';

/**
 * What a channel is for. One is reserved for `control` (the persistent shell, probes, cancel); at most four for `work`,
 * the rest waits in line; `terminal`s are not counted among them.
 */
export type ChannelUse = 'control' | 'work' | 'terminal';

/**
 * A place on the connection: the ssh program and everything up to and including the destination. Whoever spawns it adds
 * its own options before with care for none of them, and the remote command after as one fixed word (remoteCommand.ts).
 */
export interface SshChannel {
  readonly program: string;
  /** Options, `--` free, ending with the destination: `['-S', socket, '-o', 'ControlMaster=no', …, 'alice@host']`. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Gives the place back. Twice is once. */
  release(): void;
}

/** The line to one ssh host: the system's OpenSSH with one master, shared by everything. */
export interface SshConnection {
  readonly hostId: HostId;
  readonly label: string;
  /** Its state now; `onChange` of the options is called after each change. */
  state(): Connection;
  /**
   * Signs in where that is needed; callers share one attempt. Fails with host.sshMissing, host.nameUnknown,
   * host.connectionRefused, host.timeout, host.authenticationFailed, host.promptCancelled, host.promptImpossible,
   * host.keyUnknown, host.keyChanged or host.sshFailed. After a refused sign-in only this call tries again.
   */
  connect(): Promise<void>;
  /**
   * A place for one ssh process, in turn; connects first where that asks nothing (never after `refused`). Rejects as
   * `connect` does, or with host.notConnected, or with the signal's reason while waiting.
   */
  openChannel(use: ChannelUse, signal?: AbortSignal): Promise<SshChannel>;
  /** Tells that a process on a channel ended as a cut line does (255 without our marker): checks the master. */
  reportLoss(): void;
  /** Ends the master and everything on it; work that was detached goes on. */
  disconnect(): Promise<void>;
}
