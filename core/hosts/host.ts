import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { TerminalSize } from '#core/contract/terminals.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';

/** A place where commands run and files live: the only difference between this machine and a cluster. */
export interface Host {
  readonly id: HostId;
  readonly kind: 'local' | 'ssh';
  /** `local`, or what the person calls the ssh host. */
  readonly label: string;
  readonly homeFolder: HostPath;
  readonly files: HostFiles;

  /**
   * Runs a command to its end. Resolves whatever its exit status is; rejects with a WorkbenchError when it cannot be
   * started (`host.commandMissing`), and with the signal's reason when aborted (after the whole process group is gone:
   * interrupt, then terminate, then kill).
   */
  run(spec: CommandSpec, options?: RunOptions): Promise<CommandOutcome>;

  /**
   * Starts a command in a pseudo-terminal. No byte of its output is lost at the end.
   */
  openPty(spec: CommandSpec, options: PtyOptions): Promise<Pty>;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly stdin?: string | Uint8Array;
  readonly workingFolder?: HostPath;
  /** Whole lines as they come, without the line end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Gives the command a terminal (progress bars appear only there); all output then comes as `stdout`, raw chunks to `onChunk`. */
  readonly terminal?: TerminalSize;
  readonly onChunk?: (chunk: string) => void;
  /** Keeps at most this much of each stream (its end); 1 MiB by default. */
  readonly keepBytes?: number;
  /** The task on whose behalf it runs, for the command log. */
  readonly taskId?: TaskId;
  /** Leaves the command out of the command log: probes that a person did not ask for. */
  readonly isQuiet?: boolean;
}

export interface CommandOutcome {
  /** Null when a signal ended it. */
  readonly exitStatus: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface PtyOptions {
  readonly size: TerminalSize;
  readonly workingFolder?: HostPath;
  readonly taskId?: TaskId;
}

/** A running command with a terminal. */
export interface Pty {
  readonly processId: number;
  /** The bytes are valid during the call: a listener copies what it keeps. */
  onData(listener: (bytes: Uint8Array) => void): void;
  onExit(
    listener: (end: { readonly exitStatus: number | null; readonly signal: string | null }) => void,
  ): void;
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** Stops reading while true: the program then blocks on its output. See STACK notes in core/hosts/pty.ts for the limits. */
  setPaused(isPaused: boolean): void;
  /** Hangs up: SIGHUP to the process group, SIGKILL when it is still there after two seconds. Resolves when it is gone. */
  dispose(): Promise<void>;
}

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly inode: string;
  readonly mode: number;
}

/** A piece of a file. */
export interface ReadRequest {
  readonly path: HostPath;
  readonly offset: number;
  readonly length: number;
}

/** Files of a host. Failures are WorkbenchErrors: host.pathMissing, host.permissionDenied, disk.full, disk.quota, disk.readOnly, image.targetExists. */
export interface HostFiles {
  /** Facts of what a path leads to (links followed); null when nothing is there. */
  stat(path: HostPath): Promise<FileFacts | null>;
  /** Names and facts in a folder, unsorted; entries that vanish meanwhile are left out. */
  list(folder: HostPath): Promise<readonly { readonly name: HostPath; readonly facts: FileFacts }[]>;
  /** Up to `length` bytes from `offset`; shorter at the end of the file. */
  read(path: HostPath, offset: number, length: number): Promise<Uint8Array>;
  /**
   * Many reads at once, in the order of the requests: one round trip over ssh, however many files. Null for a file that
   * is gone or may not be read.
   */
  readMany(requests: readonly ReadRequest[]): Promise<readonly (Uint8Array | null)[]>;
  /** Temporary name beside the target, fsync, rename. Mode 0644 by default. */
  write(path: HostPath, data: Uint8Array | string, mode?: number): Promise<void>;
  makeFolder(path: HostPath, mode?: number): Promise<void>;
  /** A new private (0700) folder with a random name that starts with `prefix`, in `parent`. */
  makeTemporaryFolder(parent: HostPath, prefix: string): Promise<HostPath>;
  /** Atomic. Without `overwrite` an existing target is `image.targetExists`, also when it appears at the last moment. */
  rename(from: HostPath, to: HostPath, options: { readonly overwrite: boolean }): Promise<void>;
  /** Removes a file, or a folder with everything in it (never across file systems). Nothing there is no error. */
  remove(path: HostPath): Promise<void>;
  /** Copies a file's bytes to a new file (shared blocks where the file system can), fsynced. Reports bytes done. */
  copy(
    from: HostPath,
    to: HostPath,
    options: { readonly signal?: AbortSignal; readonly onBytes?: (done: number) => void },
  ): Promise<void>;
  /** sha256 of a file as lower-case hex. */
  sha256(path: HostPath, signal?: AbortSignal): Promise<string>;
  /** Absolute path without links; the path itself must exist. */
  realPath(path: HostPath): Promise<HostPath>;
  /** Bytes that this user may still write on the file system that holds `path` (or its nearest existing parent). */
  freeBytes(path: HostPath): Promise<number>;
  /** Calls back, gathered within 100 ms, when something in the folder changes. `names` null when the host cannot say which. */
  watch(
    folder: HostPath,
    onChange: (names: readonly HostPath[] | null) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
