import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { Instance, InstanceStats, OneInstance, StartInstanceInput } from '#core/contract/instances.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { WorkspaceMount } from '#core/runtime/workspaceMount.ts';

/** Instances of all hosts. All fail with runtime.missing and host.*. */
export interface Instances {
  list(hostId: HostId): Promise<{ readonly node: string; readonly instances: Instance[] }>;
  /** Fails with instance.exists, image.missing, input.invalid, overlay.busy, workspace.cannotOpen and what the runtime says. */
  start(input: StartInstanceInput): Promise<Instance>;
  previewStart(input: StartInstanceInput): Promise<{ readonly command: string; readonly warnings: string[] }>;
  /** Fails with instance.unknown, as the rest. */
  stats(one: OneInstance): Promise<InstanceStats>;
  logs(
    one: OneInstance,
    limitBytes: number,
  ): Promise<{ readonly out: string; readonly error: string; readonly isCut: boolean }>;
  stop(one: OneInstance): Promise<void>;
  /** The command of a shell in it. */
  resolveShell(one: OneInstance): Promise<CommandSpec>;
}

/** The workspace of an instance: how it comes in, and what the start is wrapped in. */
export interface InstanceWorkspace {
  readonly name: string;
  readonly mount: WorkspaceMount;
  readonly warnings: readonly string[];
  readonly wrapInstance: (spec: CommandSpec, name: string) => CommandSpec;
}

/** What instances stand on. */
export interface InstancesMeans {
  readonly hosts: {
    open(id: HostId): Promise<Host>;
    /** Fails with runtime.missing. */
    runtime(id: HostId): Promise<Runtime>;
  };
  /** Null for an action without one. */
  readonly openWorkspace: (
    host: Host,
    runtime: Runtime,
    action: ActionInput,
  ) => Promise<InstanceWorkspace | null>;
  /** What explains the runtime's words. */
  readonly rules: readonly StderrRule[];
  /** Where what is known of instances is kept, on the host itself. */
  readonly stateFolderOf: (host: Host) => HostPath;
}

/** What was noted when the workbench started an instance. */
export interface InstanceNote {
  readonly processId: number;
  readonly workspace: { readonly id: WorkspaceId; readonly name: string };
}
