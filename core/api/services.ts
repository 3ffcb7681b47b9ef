import type { LayerStore } from '#core/cache/layerStore.ts';
import type { Capability } from '#core/contract/system.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { Images } from '#core/images/images.ts';
import type { SettingsStore } from '#core/settings/settingsStore.ts';
import type { Broadcast } from '#core/tasks/broadcast.ts';
import type { CommandLog } from '#core/tasks/commandLog.ts';
import type { TaskManager } from '#core/tasks/taskManager.ts';
import type { Terminals } from '#core/terminals/terminals.ts';

/** What the handlers stand on. */
export interface Services {
  readonly version: string;
  readonly door: 'electron' | 'loopback';
  readonly capabilities: readonly Capability[];
  readonly hosts: HostRegistry;
  /** Tells when something about a host changed. */
  readonly hostChanges: Broadcast<'changed'>;
  readonly settings: SettingsStore;
  readonly tasks: TaskManager;
  readonly commandLog: CommandLog;
  readonly images: Images;
  readonly layers: LayerStore;
  readonly terminals: Terminals;
}
