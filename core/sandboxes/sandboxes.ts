import type { BuildInput } from '#core/contract/builds.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type {
  OneSandbox,
  Sandbox,
  SandboxBase,
  SandboxDifference,
  SandboxShell,
  SandboxWay,
} from '#core/contract/sandboxes.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import type { RemoveFolder } from './removeElsewhere.ts';

/** Sandboxes of all hosts. All fail with sandbox.unknown for what is none. */
export interface Sandboxes {
  /** Measure, clone, snapshot, restore, remove a snapshot, freeze, remove. */
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  list(hostId: HostId): Promise<readonly Sandbox[]>;
  detail(one: OneSandbox): Promise<Sandbox & { readonly ways: SandboxWay[] }>;
  /** Fails with sandbox.noBase. */
  difference(one: OneSandbox): Promise<SandboxDifference>;
  draft(one: OneSandbox): Promise<{ readonly definition: string; readonly commands: number }>;
  /** The command of a shell. Fails with input.invalid for a way that the host does not have. */
  resolveShell(shell: SandboxShell): Promise<CommandSpec>;
  /**
   * Lets others remove images of a host. Sandboxes among them must be idle and have no snapshots (sandbox.busy); what is known
   * of them goes with them. `removeFolder` removes a tree whole or not at all.
   */
  removing<Result>(
    images: { readonly hostId: HostId; readonly paths: readonly HostPath[] },
    remove: (removeFolder: RemoveFolder) => Promise<Result>,
  ): Promise<Result>;
  /**
   * A kind of work that can make a sandbox, with what sandboxes want of it: a folder that cannot hold one is refused before
   * (sandbox.fileSystem), and what a new one begins with is kept at its end.
   */
  noting<Input>(definition: TaskDefinition<Input>, made: MadeBy<Input>): TaskDefinition<Input>;
}

/** What work says of the sandbox that it makes. */
export interface MadeBy<Input> {
  /** Null where an input makes none. `folder` null: the host's own choice. */
  readonly of: (input: Input) => SandboxPlan | null;
}

export interface SandboxPlan {
  readonly hostId: HostId;
  readonly folder: HostPath | null;
  readonly base: Omit<SandboxBase, 'digest'>;
  /** A file of this machine that it is made from; its sha256 is the digest. */
  readonly file: HostPath | null;
  /** It is made with fakeroot, which gives files to other ids. */
  readonly needsOwners: boolean;
}

/** What sandboxes stand on. */
export interface SandboxesMeans {
  readonly local: Host;
  readonly hosts: {
    open(id: HostId): Promise<Host>;
    /** Fails with runtime.missing. */
    runtime(id: HostId): Promise<Runtime>;
  };
  /** Folders of the image library that are sandboxes. */
  readonly libraryOf: (id: HostId) => Promise<readonly HostPath[]>;
  readonly defaultFolder: (id: HostId) => HostPath;
  /** Builds an image: what freezing does. */
  readonly build: (input: BuildInput, context: TaskContext) => Promise<TaskResult>;
  /** Of this machine; hosts have theirs below their home. */
  readonly stateFolder: HostPath;
  readonly onProblem: (text: string) => void;
}
