import type { LayerStore } from '#core/cache/layerStore.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Compression, PushInput } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { DetachedJobs } from '#core/hosts/detachedJob.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Ledger } from '#core/images/ledger.ts';
import type { CredentialsOf } from '#core/images/pullMeans.ts';
import type { WorkRecords } from '#core/images/workRecords.ts';
import type { RegistryClient, RegistryClientOptions } from '#core/registry/registryClient.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { SendMeans } from '#core/transfer/sendFile.ts';
import type { BuildHistory } from './buildHistory.ts';
import type { CheckpointStore } from './checkpointStore.ts';
import type { OpenBuildTerminal } from './sudoBuild.ts';

/** What settings and the last probe say of a host. */
export interface BuildPreferences {
  readonly defaultFolder: HostPath;
  readonly compression: Compression;
  /** Null takes the system's here, and a folder beside the image there. */
  readonly temporaryFolder: HostPath | null;
  /** Null leaves the runtime its own. */
  readonly cacheFolder: HostPath | null;
}

/** What builds stand on. */
export interface BuildMeans {
  /** This machine. */
  readonly host: Host;
  readonly hosts: {
    open(id: HostId): Promise<Host>;
    /** The chosen installation; fails with runtime.missing. */
    runtime(id: HostId): Promise<Runtime>;
    /** OCI name of the host's processor. */
    architecture(id: HostId): Promise<string>;
  };
  /** Read anew at every use: settings change. */
  readonly preferences: (id: HostId) => BuildPreferences;
  readonly jobsOf: (id: HostId) => Promise<DetachedJobs>;
  /** The lines on which files of this machine are sent to an ssh host. */
  readonly sendMeansOf: (id: HostId) => Promise<SendMeans>;
  /** Sends an image of this machine to a host. */
  readonly send: { run(input: PushInput, context: TaskContext): Promise<TaskResult> };
  /** Of what was made on a host. */
  readonly ledgerOf: (id: HostId) => Promise<Ledger>;
  /** Where the layers of bases are kept. */
  readonly layers: LayerStore;
  readonly openRegistry: (options: RegistryClientOptions) => RegistryClient;
  /** What the person is signed in with. */
  readonly credentialsOf: CredentialsOf;
  /** What explains the runtime's words: the site's rules first. */
  readonly rules: readonly StderrRule[];
  readonly records: WorkRecords;
  readonly history: BuildHistory;
  /** Those of this machine. */
  readonly checkpoints: CheckpointStore;
  /** Those that are kept on a host. */
  readonly checkpointsOf: (id: HostId) => Promise<CheckpointStore>;
  /** Where builds of this machine unpack when nothing else is said. */
  readonly temporaryFolder: HostPath;
  /** Where a build as root shows itself, and the person types the password. */
  readonly openTerminal: OpenBuildTerminal;
  /** Folders that killed builds left and that could not be removed. */
  readonly leftByRoot: () => readonly HostPath[];
  readonly onProblem: (text: string) => void;
}
