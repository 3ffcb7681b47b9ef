import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { Compression, PushInput } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext } from '#core/tasks/task.ts';

/** Remembers what a task has lying about, so that nothing outlives a crash. */
export interface ImportRecords {
  begin(
    id: TaskId,
    things: {
      readonly files: HostPath[];
      readonly folders: { readonly parent: HostPath; readonly prefix: HostPath }[];
      readonly resumable: HostPath[];
    },
  ): Promise<void>;
  end(id: TaskId, things: { readonly isResumableKept: boolean }): Promise<void>;
  removeLeftovers(): Promise<unknown>;
}

/** A whole image file under its temporary name beside the target. */
export interface MadeFile {
  readonly part: HostPath;
  readonly target: HostPath;
  readonly overwrite: boolean;
  /** Where it came from, for the ledger. */
  readonly reference: string;
  readonly compression: Compression | null;
  readonly facts: TaskResult['facts'];
}

/** What imports stand on. */
export interface ImportMeans {
  /** This machine. */
  readonly host: Host;
  readonly hosts: {
    open(id: HostId): Promise<Host>;
    /** OCI name of the host's processor. */
    architecture(id: HostId): Promise<string>;
  };
  /** The installation of this machine; fails with runtime.missing. */
  readonly runtime: () => Promise<Runtime>;
  /** What the settings say for a host: read anew at every use. */
  readonly preferences: (id: HostId) => {
    readonly defaultFolder: HostPath;
    readonly compression: Compression;
  };
  readonly records: ImportRecords;
  /** Where archives are unpacked, when there is room. */
  readonly temporaryFolder: HostPath;
  /** Where uploads are. */
  readonly stateFolder: HostPath;
  /** The environment of programs that are started here. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs the runtime's build, its output as progress; fails with what its words mean. */
  readonly convert: (spec: CommandSpec, context: TaskContext) => Promise<void>;
  /** Verifies a made file, gives it its final name and writes it into the ledger. */
  readonly finish: (made: MadeFile, context: TaskContext) => Promise<TaskResult>;
  /** Sends a file of this machine to a host. */
  readonly send: { run(input: PushInput, context: TaskContext): Promise<TaskResult> };
  readonly onProblem: (text: string) => void;
}
