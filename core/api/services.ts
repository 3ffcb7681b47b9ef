import type { Builds } from '#core/builds/builds.ts';
import type { LayerStore } from '#core/cache/layerStore.ts';
import type { Comparing } from '#core/compare/comparing.ts';
import type { OfferedHost } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Capability } from '#core/contract/system.ts';
import type { Credentials } from '#core/credentials/credentials.ts';
import type { Definitions } from '#core/definitions/definitions.ts';
import type { Handover } from '#core/handover/handover.ts';
import type { Syncing } from '#core/handover/syncing.ts';
import type { DetachedJobs } from '#core/hosts/detachedJob.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { PromptDesk } from '#core/hosts/ssh/promptDesk.ts';
import type { ImagesOfHosts } from '#core/images/imagesOfHosts.ts';
import type { RunBook } from '#core/images/runBook.ts';
import type { Imports } from '#core/imports/imports.ts';
import type { Instances } from '#core/instances/instances.ts';
import type { Overlays } from '#core/overlays/overlays.ts';
import type { Publishing } from '#core/publishing/publishing.ts';
import type { Registries } from '#core/registries/registries.ts';
import type { Sandboxes } from '#core/sandboxes/sandboxes.ts';
import type { SettingsStore } from '#core/settings/settingsStore.ts';
import type { Broadcast } from '#core/tasks/broadcast.ts';
import type { CommandLog } from '#core/tasks/commandLog.ts';
import type { TaskManager } from '#core/tasks/taskManager.ts';
import type { Terminals } from '#core/terminals/terminals.ts';
import type { Trust } from '#core/trust/trust.ts';
import type { WorkspaceUse } from '#core/workspaces/openWorkspace.ts';
import type { Workspaces } from '#core/workspaces/workspaces.ts';

/** What the handlers stand on. */
export interface Services {
  readonly version: string;
  readonly door: 'electron' | 'loopback';
  readonly capabilities: readonly Capability[];
  readonly hosts: HostRegistry;
  /** Tells when something about a host changed. */
  readonly hostChanges: Broadcast<'changed'>;
  /** Hosts of the person's ssh configuration. */
  readonly offeredHosts: () => Promise<readonly OfferedHost[]>;
  readonly prompts: PromptDesk;
  readonly promptChanges: Broadcast<'changed'>;
  /** The detached work on a host; fails with host.notConnected. */
  readonly jobsOf: (hostId: HostId) => Promise<DetachedJobs>;
  readonly settings: SettingsStore;
  readonly tasks: TaskManager;
  readonly commandLog: CommandLog;
  readonly images: ImagesOfHosts;
  readonly runBook: RunBook;
  readonly builds: Builds;
  readonly registries: Registries;
  readonly instances: Instances;
  readonly overlays: Overlays;
  readonly sandboxes: Sandboxes;
  readonly credentials: Credentials;
  readonly imports: Imports;
  readonly publishing: Publishing;
  readonly comparing: Comparing;
  readonly definitions: Definitions;
  readonly layers: LayerStore;
  readonly terminals: Terminals;
  readonly trust: Trust;
  readonly workspaces: Workspaces;
  readonly workspaceUse: WorkspaceUse;
  readonly handover: Handover;
  readonly syncing: Syncing;
}
