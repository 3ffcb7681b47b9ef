import type { HostPath } from '#core/contract/hostPath.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';

/**
 * Work on a host that goes on without us: its own session (`setsid`), output and exit status in files below the host's
 * state folder (`${XDG_STATE_HOME:-~/.local/state}/mysingularity/jobs/<id>/`), found again after a cut link or a restart.
 */
export interface DetachedJobs {
  /** Starts a job under a new id (the task's). Fails with what `Host.run` would fail with, disk.full, disk.quota. */
  start(id: string, spec: CommandSpec, options: DetachedOptions): Promise<DetachedJob>;
  /** A job that was started before; null when the host knows nothing of it. */
  find(id: string): Promise<DetachedJob | null>;
  /** All jobs on the host, also those of other workbenches of this user. */
  list(): Promise<readonly DetachedFacts[]>;
}

export interface DetachedOptions {
  /** One line that names it for people: `Pull of docker://alpine:3.20`. */
  readonly title: string;
  /** Gives the command a terminal where the host has `script` (progress bars appear only there). */
  readonly wantsTerminal: boolean;
  readonly workingFolder?: HostPath;
  /** Extra files of the job, written beside its output with mode 0600: an authfile, a definition. */
  readonly files?: readonly { readonly name: string; readonly data: string | Uint8Array }[];
}

export interface DetachedFacts {
  readonly id: string;
  readonly title: string;
  readonly folder: HostPath;
  /** `gone` is dead without an exit status: the machine went down, or it was killed. `unknown` runs on another node. */
  readonly state: 'running' | 'ended' | 'gone' | 'unknown';
  readonly exitStatus: number | null;
  readonly startedAt: number;
  readonly sizeBytes: number;
}

export interface DetachedEnd {
  /** Null when it is gone without one. */
  readonly exitStatus: number | null;
  /** The last 64 KiB of its output. */
  readonly tail: string;
}

export interface DetachedJob {
  readonly id: string;
  readonly folder: HostPath;
  /**
   * Gives its output from byte `from` on as it comes and resolves when it has ended and all was given. Rejects with
   * host.connectionLost or host.notConnected when the line is cut (the job goes on; follow again from the last
   * `offset`), and with the signal's reason (the job goes on, too).
   */
  follow(options: {
    readonly from: number;
    readonly onOutput: (bytes: Uint8Array, offset: number) => void;
    readonly signal: AbortSignal;
  }): Promise<DetachedEnd>;
  /** Interrupts its process group, then terminates, then kills; only where node, boot id and start time are the same. */
  cancel(): Promise<void>;
  /** Removes its folder; it must have ended. */
  remove(): Promise<void>;
}
