import type {
  BuildInput,
  BuildPlan,
  BuildRecord,
  BuildSummary,
  ImageTest,
  KeptCheckpoint,
  TestInput,
} from '#core/contract/builds.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import type { CheckpointRemoval } from './checkpointStore.ts';

/** Builds of definition files on this machine and on ssh hosts, and what is remembered of them. */
export interface Builds {
  readonly definition: TaskDefinition<BuildInput>;
  /** Runs the %test of an image. */
  readonly testDefinition: TaskDefinition<TestInput>;
  plan(input: BuildInput): Promise<BuildPlan>;
  history(): Promise<readonly BuildSummary[]>;
  /** Takes builds off the history. Fails with input.invalid for one that runs, before any is taken off. */
  forget(ids: readonly TaskId[]): Promise<void>;
  /** Fails with build.unknown. */
  detail(id: TaskId): Promise<BuildRecord>;
  /** The input of the same build. Fails with build.unknown, and with input.invalid where a secret would be missing. */
  inputOf(id: TaskId, options: { readonly overwrite: boolean }): Promise<BuildInput>;
  methods(id: TaskId): Promise<string>;
  howMade(
    hostId: HostId,
    path: HostPath,
  ): Promise<{ readonly build: BuildSummary | null; readonly test: ImageTest | null }>;
  /** Those that are kept on a host, the last used first, and what of them stays without being asked. */
  checkpoints(hostId: HostId): Promise<{
    readonly folder: HostPath;
    readonly checkpoints: KeptCheckpoint[];
    readonly keptDays: number;
    readonly capBytes: number;
  }>;
  /** Answers with what is gone. */
  removeCheckpoints(hostId: HostId, which: CheckpointRemoval): Promise<readonly KeptCheckpoint[]>;
  /** Removes what killed processes left behind on this machine. */
  removeLeftovers(): Promise<void>;
}
