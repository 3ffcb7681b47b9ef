import type { HostPath } from '#core/contract/hostPath.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';

/**
 * Work on a host that goes on without us: its own session (`setsid`), output and exit status in files below the host's
 * state folder (`${XDG_STATE_HOME:-~/.local/state}/mysingularity/jobs/<id>/`), found again after a cut link or a restart.
 */
export interface DetachedJobs {
  /**
   * Starts a job under a new id (the task's: lower-case letters, digits and `-`). Asked twice with one id it starts once,
   * so that a start whose answer was lost can be asked again. Fails with what `Host.run` would fail with, disk.full,
   * disk.quota, host.permissionDenied.
   */
  start(id: string, spec: CommandSpec, options: DetachedOptions): Promise<DetachedJob>;
  /** A job that was started before; null when the host knows nothing of it. */
  find(id: string): Promise<DetachedJob | null>;
  /** All jobs on the host, also those of other workbenches of this user. */
  list(): Promise<readonly DetachedFacts[]>;
  /** How all of them are, by their ids; unlike `list` it measures nothing. */
  states(): Promise<ReadonlyMap<string, Pick<DetachedFacts, 'state' | 'exitStatus'>>>;
}

export interface DetachedOptions {
  /** One line that names it for people: `Pull of docker://alpine:3.20`. */
  readonly title: string;
  /** Gives the command a terminal where the host has `script` (progress bars appear only there). */
  readonly wantsTerminal: boolean;
  /** The job's own folder when it is not given: its extra files are then reached by their bare names. */
  readonly workingFolder?: HostPath;
  readonly files?: readonly DetachedFile[];
  /** Private files or folders that the command makes elsewhere; they go when the job is removed. */
  readonly ownedPaths?: readonly HostPath[];
}

/** An extra file of a job, written beside its output with mode 0600: an authfile, a definition. */
export interface DetachedFile {
  /** Letters, digits, `.`, `_` and `-`; not one of the job's own names (`command`, `identity`, `output`, …). */
  readonly name: string;
  readonly data: string | Uint8Array;
  /** Removed by the host itself as soon as the command has ended, whether or not anybody is connected then. */
  readonly isSecret?: boolean;
}

export interface DetachedFacts {
  readonly id: string;
  readonly title: string;
  readonly folder: HostPath;
  /** `gone` is dead without an exit status: the machine went down, or it was killed. `unknown` runs on another node. */
  readonly state: 'running' | 'ended' | 'gone' | 'unknown';
  readonly exitStatus: number | null;
  /** Milliseconds since 1970, by the host's clock. */
  readonly startedAt: number;
  /** When its output last changed. */
  readonly modifiedAt: number;
  /** Of its folder and its owned paths, on the disk. */
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
   * Gives its output from byte `from` on as it comes (`offset` is where the given bytes end) and resolves when it has
   * ended and all was given. Rejects with
   * host.connectionLost or host.notConnected when the line is cut (the job goes on; follow again from the last
   * `offset`), and with the signal's reason (the job goes on, too).
   */
  follow(options: {
    readonly from: number;
    readonly onOutput: (bytes: Uint8Array, offset: number) => void;
    readonly signal: AbortSignal;
  }): Promise<DetachedEnd>;
  /**
   * Interrupts its processes, then terminates, then kills; only where node, boot id and start time are the same. Resolves
   * when they are gone, also when they were gone before. Fails with task.onOtherNode where it runs on another node.
   */
  cancel(): Promise<void>;
  /** Removes its folder and its owned paths. Fails with input.invalid while it runs. */
  remove(): Promise<void>;
}
