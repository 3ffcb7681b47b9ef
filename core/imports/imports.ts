import type { HostPath } from '#core/contract/hostPath.ts';
import type { ImportInput, ImportPlan, ImportSource } from '#core/contract/images.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

/** Images from files: archives, trees, what local engines have. */
export interface Imports {
  readonly definition: TaskDefinition<ImportInput>;
  plan(input: ImportInput, signal: AbortSignal): Promise<ImportPlan>;
  sources(signal: AbortSignal): Promise<readonly ImportSource[]>;
  readonly uploads: Uploads;
  /** Removes what killed processes left behind. */
  removeLeftovers(): Promise<void>;
}

/** Files that a browser gives piece by piece. They are private, have room before they begin, and go with the workbench. */
export interface Uploads {
  begin(file: { readonly name: string; readonly sizeBytes: number }): Promise<string>;
  /** Pieces come in order; fails with input.invalid otherwise. */
  write(uploadId: string, offset: number, bytes: Uint8Array): Promise<void>;
  end(uploadId: string): Promise<HostPath>;
  drop(uploadId: string): Promise<void>;
  dispose(): Promise<void>;
}
