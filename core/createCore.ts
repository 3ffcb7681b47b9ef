import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { createRouter, type Router } from '#core/api/router.ts';
import { createLayerStore } from '#core/cache/createLayerStore.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import type { Settings } from '#core/contract/settings.ts';
import type { Capability } from '#core/contract/system.ts';
import { runAttached } from '#core/hosts/attached.ts';
import { HostRegistry } from '#core/hosts/hostRegistry.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createImages } from '#core/images/images.ts';
import { createRegistryClient } from '#core/registry/createRegistryClient.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { defaultSettings } from '#core/settings/defaults.ts';
import { foldersOf } from '#core/settings/folders.ts';
import { SettingsStore } from '#core/settings/settingsStore.ts';
import { Broadcast } from '#core/tasks/broadcast.ts';
import { CommandLog } from '#core/tasks/commandLog.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { createTerminals, type Terminals } from '#core/terminals/terminals.ts';
import { version } from '#core/version.ts';

export interface CoreOptions {
  readonly door: 'electron' | 'loopback';
  /** What the shell around core can do for the page. */
  readonly capabilities: readonly Capability[];
}

/** Everything that a door needs. */
export interface Core {
  readonly router: Router;
  /** The contract, called in this process. */
  client(): Client;
  readonly terminals: Terminals;
  /** The command of a shell, run or exec, for a caller with a terminal of its own. */
  resolveAction(input: ActionInput): Promise<CommandSpec>;
  /** Runs a command on this process's own terminal; gives its exit status. */
  runAttached(spec: CommandSpec): Promise<number>;
  /** Resolves when a task of this process has ended. */
  taskEnded: TaskManager['ended'];
  /** Has ready, until the end, what a window asks for first; a single command of the command line needs none of it. */
  expectWindow(): void;
  /** Cancels tasks, ends terminals, writes what is unwritten. */
  dispose(): Promise<void>;
}

/** Puts core together: plain constructor calls, nothing global. */
export async function createCore({ door, capabilities }: CoreOptions): Promise<Core> {
  const folders = foldersOf(process.env);
  const environment = scrubbedEnvironment(process.env, null);
  const closing = new AbortController();
  const hostChanges = new Broadcast<'changed'>();
  const [settings, commandLog, tasks] = await Promise.all([
    SettingsStore.open(join(folders.config, 'settings.json'), defaultSettings(folders)),
    CommandLog.open(join(folders.state, 'commands.jsonl')),
    TaskManager.open(join(folders.state, 'tasks')),
  ]);
  const local = createLocalHost({ environment, observer: commandLog });
  const imageFolder = () =>
    settings.get().images.folders[0] ?? hostPathFromText(join(folders.data, 'images'));
  const hosts = new HostRegistry({
    local,
    preferences: () => ({ runtimePath: settings.get().runtime.path, imageFolder: imageFolder() }),
    onChange: () => hostChanges.tell('changed'),
  });
  const layers = createLayerStore({
    folder: join(folders.cache, 'layers'),
    capBytes: () => settings.get().layers.capBytes,
  });
  const images = createImages({
    host: local,
    layers,
    openRegistry: createRegistryClient,
    runtime: () => hosts.runtime(localHostId),
    architecture: () => hosts.architecture(localHostId),
    preferences: () => ({
      folders: settings.get().images.folders,
      defaultFolder: imageFolder(),
      compression: settings.get().images.compression,
    }),
    folders,
  });
  for (const definition of images.taskDefinitions) tasks.define(definition);
  // What killed processes left behind goes at the next start; what fails here is tried again by the next pull.
  images.removeLeftovers().catch((error: unknown) => console.error(error));
  const terminals = createTerminals({
    hosts,
    hostShellCommand: () =>
      commandSpec(userInfo().shell ?? '/bin/sh', [], { purpose: 'Shell on this machine' }),
    resolveAction: (input) => images.resolveAction(input),
    installCommand: async (id) => (await hosts.installAdvice(id)).commands?.join(' && ') ?? null,
    scrollbackLines: () => settings.get().terminal.scrollbackLines,
  });
  void followSettings(settings, { hosts, images, signal: closing.signal });
  settings.followFile(local.files, closing.signal).catch(() => undefined); // no watch to be had: read at the next change
  await local.files.makeFolder(imageFolder()).catch(() => undefined); // told of when an image is put there
  const router = createRouter({
    version,
    door,
    capabilities,
    hosts,
    hostChanges,
    settings,
    tasks,
    commandLog,
    images,
    layers,
    terminals,
  });
  return {
    router,
    client: () => createRouterClient(router),
    terminals,
    resolveAction: (input) => images.resolveAction(input),
    runAttached: (spec) => runAttached(spec, environment),
    taskEnded: (id) => tasks.ended(id),
    expectWindow: () => images.keepRead(closing.signal),
    dispose: async () => {
      closing.abort();
      await Promise.all([tasks.dispose(), terminals.dispose()]);
      await commandLog.flush();
    },
  };
}

/** Hands changes of settings to who must know. */
async function followSettings(
  settings: SettingsStore,
  {
    hosts,
    images,
    signal,
  }: {
    readonly hosts: HostRegistry;
    readonly images: { setFolders(folders: Settings['images']['folders']): void };
    readonly signal: AbortSignal;
  },
): Promise<void> {
  let runtimePath = settings.get().runtime.path;
  for await (const state of settings.watch(signal)) {
    images.setFolders(state.settings.images.folders);
    if (state.settings.runtime.path === runtimePath) continue;
    runtimePath = state.settings.runtime.path;
    await hosts.check(localHostId);
  }
}
