import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { ImageFormat } from '#core/contract/images.ts';
import type { EmbedOverlayInput, OneOverlay, Overlay } from '#core/contract/overlays.ts';
import type { Host } from '#core/hosts/host.ts';
import type { WorkRecords } from '#core/images/workRecords.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

/** What embedding comes to. */
export interface EmbedPlan {
  readonly imageBytes: number;
  readonly overlayBytes: number;
  readonly freeBytes: number | null;
  readonly command: string;
}

/** Overlay images of all hosts. */
export interface Overlays {
  /** Create, check, grow, embed, unembed. */
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  list(hostId: HostId): Promise<Overlay[]>;
  /** Fails with image.missing, and overlay.damaged for what is none. */
  detail(one: OneOverlay): Promise<Overlay>;
  /** Fails as embedding does on what is known before. */
  planEmbed(input: EmbedOverlayInput): Promise<EmbedPlan>;
  /** Fails with overlay.busy. */
  remove(one: OneOverlay): Promise<void>;
  /** Removes what killed work left on a host. */
  removeLeftovers(hostId: HostId): Promise<void>;
}

/** What overlays stand on. */
export interface OverlaysMeans {
  readonly hosts: {
    open(id: HostId): Promise<Host>;
    /** Fails with runtime.missing. */
    runtime(id: HostId): Promise<Runtime>;
  };
  /** The files of the host's image folders. */
  readonly libraryOf: (
    id: HostId,
  ) => Promise<readonly { readonly path: HostPath; readonly format: ImageFormat }[]>;
  readonly defaultFolder: (id: HostId) => HostPath;
  readonly recordsOf: (host: Host) => WorkRecords;
  /** Of this machine: where overlays outside of the image folders are remembered. */
  readonly stateFolder: HostPath;
  readonly local: Host;
  readonly rules: readonly StderrRule[];
}
