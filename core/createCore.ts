import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { createRouter, type Router } from '#core/api/router.ts';
import { createBuilds } from '#core/builds/createBuilds.ts';
import { createLayerStore } from '#core/cache/createLayerStore.ts';
import { createComparing } from '#core/compare/createComparing.ts';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import type { OneInstance } from '#core/contract/instances.ts';
import type { SandboxShell } from '#core/contract/sandboxes.ts';
import type { Capability } from '#core/contract/system.ts';
import { createDefinitions } from '#core/definitions/createDefinitions.ts';
import { runAttached } from '#core/hosts/attached.ts';
import { builderOf } from '#core/hosts/builderFacts.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { HostRegistry } from '#core/hosts/hostRegistry.ts';
import { createLocalEntry } from '#core/hosts/localEntry.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { memoryFolder } from '#core/hosts/memoryFolder.ts';
import type { Asker } from '#core/hosts/ssh/asker.ts';
import { PromptDesk } from '#core/hosts/ssh/promptDesk.ts';
import { listConfiguredHosts } from '#core/hosts/ssh/sshConfigHosts.ts';
import { createSshMeans } from '#core/hosts/sshMeans.ts';
import { openHostLedger } from '#core/images/hostLedger.ts';
import { createImages } from '#core/images/images.ts';
import { createImagesOfHosts } from '#core/images/imagesOfHosts.ts';
import { createRunBook } from '#core/images/runBook.ts';
import { verifyImage } from '#core/images/verifyImage.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { createImports } from '#core/imports/createImports.ts';
import { createPublishing } from '#core/publishing/createPublishing.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { defaultSettings } from '#core/settings/defaults.ts';
import { foldersOf } from '#core/settings/folders.ts';
import { SettingsStore } from '#core/settings/settingsStore.ts';
import { Broadcast } from '#core/tasks/broadcast.ts';
import { CommandLog } from '#core/tasks/commandLog.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { createTerminals, type Terminals } from '#core/terminals/terminals.ts';
import { knownPushHosts, pushMeansOf } from '#core/transfer/pushMeansOf.ts';
import { createSending } from '#core/transfer/sending.ts';
import { createTrust } from '#core/trust/createTrust.ts';
import { version } from '#core/version.ts';
import { createBackgroundUnpacking } from './createBackgroundUnpacking.ts';
import { createInstanceParts } from './createInstanceParts.ts';
import { createRegistryParts } from './createRegistryParts.ts';
import { createSandboxParts } from './createSandboxParts.ts';
import { createWorkspaceParts } from './createWorkspaceParts.ts';
import { followSettings, remotePreferences } from './hostPreferences.ts';
import { readSiteRules } from './readSiteRules.ts';

export interface CoreOptions {
  readonly door: 'electron' | 'loopback';
  /** What the shell around core can do for the page. */
  readonly capabilities: readonly Capability[];
  /** Who answers what ssh asks; by default the page, through `hosts.watchPrompts`. */
  readonly asker?: Asker;
}

/** Everything that a door needs. */
export interface Core {
  readonly router: Router;
  /** The contract, called in this process. */
  client(): Client;
  readonly terminals: Terminals;
  /** The command of a shell, run or exec, for a caller with a terminal of its own. */
  resolveAction(input: ActionInput, passphrase: string | null): Promise<CommandSpec>;
  /** The command of a shell in a sandbox, for the same. */
  sandboxShell(shell: SandboxShell): Promise<CommandSpec>;
  /** The command of a shell in an instance, for the same. */
  instanceShell(one: OneInstance): Promise<CommandSpec>;
  /** Runs a command of a host on this process's own terminal; gives its exit status. */
  runAttached(hostId: HostId, spec: CommandSpec): Promise<number>;
  /** Resolves when a task of this process has ended. */
  taskEnded: TaskManager['ended'];
  /** Has ready, until the end, what a window asks for first; a single command of the command line needs none of it. */
  expectWindow(): void;
  /** Cancels tasks, ends terminals, writes what is unwritten. */
  dispose(): Promise<void>;
}

/** Puts core together: plain constructor calls, nothing global. */
export async function createCore({ door, capabilities, asker }: CoreOptions): Promise<Core> {
  const folders = foldersOf(process.env);
  const environment = scrubbedEnvironment(process.env, null);
  const closing = new AbortController();
  const hostChanges = new Broadcast<'changed'>();
  const [settings, commandLog, tasks, rules] = await Promise.all([
    SettingsStore.open(join(folders.config, 'settings.json'), defaultSettings(folders)),
    CommandLog.open(join(folders.state, 'commands.jsonl')),
    TaskManager.open(join(folders.state, 'tasks')),
    readSiteRules(join(folders.config, 'rules.json')),
  ]);
  const stateFolder = hostPathFromText(folders.state);
  const onProblem = (text: string) => process.emitWarning(text);
  const local = createLocalHost({ environment, observer: commandLog });
  const imageFolder = () =>
    settings.get().images.folders[0] ?? hostPathFromText(join(folders.data, 'images'));
  // For those who keep another configuration than ~/.ssh/config, as `ssh -F` does.
  const configFile = process.env['MYSINGULARITY_SSH_CONFIG'] ?? null;
  /** A single command of the command line leaves detached work to those that stay. */
  let hasWindow = false;
  const prompts = new PromptDesk();
  const promptChanges = new Broadcast<'changed'>();
  prompts.onChange(() => promptChanges.tell('changed'));
  const hosts = new HostRegistry({
    local: createLocalEntry({
      host: local,
      preferences: () => ({
        runtimePath: settings.get().runtime.path,
        imageFolders: settings.get().images.folders,
        imageFolder: imageFolder(),
      }),
      onChange: () => hostChanges.tell('changed'),
    }),
    sshHosts: () => settings.get().hosts,
    means: createSshMeans({ environment, configFile, observer: commandLog, asker: asker ?? prompts }),
    onChange: () => hostChanges.tell('changed'),
    onConnected: (id) => {
      if (!hasWindow) return;
      tasks.resume(id).catch((error: unknown) => console.error(error));
      workspaces.removeLeftovers(id).catch((error: unknown) => console.error(error));
      syncing.removeLeftovers(id).catch((error: unknown) => console.error(error));
      overlays.removeLeftovers(id).catch((error: unknown) => console.error(error));
      unpacking.takeUp(id);
    },
  });
  const registryParts = createRegistryParts({
    list: () => settings.get().registries,
    stateFolder: folders.state,
    hosts,
  });
  const layers = createLayerStore({
    folder: join(folders.cache, 'layers'),
    capBytes: () => settings.get().layers.capBytes,
  });
  const defaultFolder = (id: HostId) =>
    id === localHostId ? imageFolder() : remotePreferences(hosts, settings.get(), id).defaultFolder;
  const recordsOf = (host: Host) =>
    host.id === localHostId ? localImages.making.records : recordsOnHost(host, onProblem);
  const unpacking = createBackgroundUnpacking({
    tasks,
    handover: () => handover,
    hasWindow: () => hasWindow,
    signal: closing.signal,
    onProblem,
  });
  const { workspaces, workspaceUse, handover, syncing } = createWorkspaceParts({
    local,
    hosts,
    dataFolder: folders.data,
    stateFolder,
    isTaskOpen: (id) => tasks.isOpen(id),
    ...unpacking,
    onProblem,
    imagesOf: (id) => images.of(id),
    knownFile: (id, path) => images.knownFile(id, path),
    filesWithDigest: (id, sha256) => images.filesWithDigest(id, sha256),
    imageFolder: defaultFolder,
    recordsOf,
    sendMeansOf: (id) => sendMeansOf(id),
  });
  const openWorkspace = workspaceUse.open;
  const localImages = createImages({
    host: local,
    openWorkspace,
    layers,
    openRegistry: registryParts.openRegistry,
    openSif: registryParts.openSif,
    credentialsOf: registryParts.credentials.find,
    rules,
    runtime: () => hosts.runtime(localHostId),
    architecture: () => hosts.architecture(localHostId),
    preferences: () => ({
      folders: settings.get().images.folders,
      defaultFolder: imageFolder(),
      compression: settings.get().images.compression,
    }),
    folders,
    // Who has said where temporary files go has said so for a reason.
    ...(process.env['TMPDIR'] === undefined ? { memoryFolder } : {}),
  });
  const jobsOf = async (id: HostId) => createDetachedJobs(await hosts.open(id));
  const sendMeansOf = pushMeansOf({ local, hosts, stateFolder: folders.state });
  const sending = createSending(sendMeansOf, knownPushHosts(hosts));
  const images = createImagesOfHosts({
    openWorkspace,
    local: localImages,
    localHost: local,
    hosts,
    preferencesOf: (id) => remotePreferences(hosts, settings.get(), id),
    jobsOf,
    credentialsOf: registryParts.credentials.find,
    send: sending,
    rules,
    stateFolder: folders.state,
    onProblem,
  });
  const imports = createImports({
    host: local,
    hosts,
    runtime: () => hosts.runtime(localHostId),
    preferences: (id) => ({
      defaultFolder:
        id === localHostId ? imageFolder() : remotePreferences(hosts, settings.get(), id).defaultFolder,
      compression: settings.get().images.compression,
    }),
    ...localImages.making,
    temporaryFolder: hostPathFromText(tmpdir()),
    stateFolder,
    environment,
    send: sending,
    onProblem,
  });
  const publishing = createPublishing({
    openHost: async (id) => (id === localHostId ? local : await hosts.open(id)),
    openRequests: registryParts.openRequests,
    knownFile: images.knownFile,
    verifySif: (host, path) => verifyImage(host, path, { mustBeSif: true, shownAs: path }),
    describeImage: async (id, path) => {
      const { labels, image } = await (await images.of(id)).detail(path);
      return { labels, createdAt: image.createdAt };
    },
    stateFolder: folders.state,
  });
  const comparing = createComparing({
    host: local,
    describe: async (path) => await (await images.of(localHostId)).detail(path),
    records: localImages.making.records,
    temporaryFolder: hostPathFromText(tmpdir()),
    memoryFolder: process.env['TMPDIR'] === undefined ? memoryFolder : async () => null,
    stateFolder,
  });
  const builds = createBuilds({
    host: local,
    hosts,
    preferences: (id) => {
      const remote = remotePreferences(hosts, settings.get(), id);
      return id === localHostId ? { ...remote, defaultFolder: imageFolder() } : remote;
    },
    jobsOf,
    sendMeansOf,
    send: sending,
    ledgerOf: async (id) =>
      openHostLedger(await hosts.open(id), { files: local.files, stateFolder, onProblem }),
    layers,
    openRegistry: registryParts.openRegistry,
    credentialsOf: registryParts.credentials.find,
    testOf: async (id, path) => {
      const { test, note } = await (await images.of(id)).detail(path);
      return note === null ? (test ?? '') : test;
    },
    rules,
    temporaryFolder: hostPathFromText(tmpdir()),
    stateFolder,
    checkpointFolder: hostPathFromText(join(folders.cache, 'checkpoints')),
    openTerminal: (start) => terminals.openForTask(start),
    onProblem,
  });
  const trust = createTrust({
    openHost: async (id) => (id === localHostId ? local : await hosts.open(id)),
    runtime: (id) => hosts.runtime(id),
    isRoot: async (id) => (await hosts.fact(id, 'uid')) === '0',
    keyserver: () => settings.get().trust.keyserver,
    rules,
    recordsOf,
    stateFolder: folders.state,
  });
  const definitions = createDefinitions({
    openHost: async (id) => (id === localHostId ? local : await hosts.open(id)),
    builderOf: (id) => builderOf(hosts, id),
  });
  const { instances, overlays } = createInstanceParts({
    local,
    hosts,
    images,
    openWorkspace,
    defaultFolder,
    recordsOf,
    stateFolder,
    rules,
  });
  const { sandboxes, noted } = createSandboxParts({
    local,
    hosts,
    images,
    builds,
    defaultFolder,
    stateFolder,
    onProblem,
  });
  for (const definition of [...images.taskDefinitions, ...sandboxes.taskDefinitions])
    tasks.define(noted(definition));
  for (const definition of overlays.taskDefinitions) tasks.define(definition);
  tasks.define(noted(imports.definition));
  tasks.define(publishing.definition);
  tasks.define(trust.definition);
  tasks.define(noted(builds.definition));
  tasks.define(builds.testDefinition);
  tasks.define(comparing.definition);
  for (const definition of [...workspaces.taskDefinitions, ...handover.taskDefinitions])
    tasks.define(definition);
  tasks.define(syncing.definition);
  // What killed processes left behind goes at the next start; what fails here is tried again by the next pull.
  imports.removeLeftovers().catch((error: unknown) => console.error(error));
  builds.removeLeftovers().catch((error: unknown) => console.error(error));
  workspaces.removeLeftovers(localHostId).catch((error: unknown) => console.error(error));
  const terminals = createTerminals({
    hosts,
    hostShellCommand,
    sandboxShell: (shell) => sandboxes.resolveShell(shell),
    instanceShell: (one) => instances.resolveShell(one),
    resolveAction: (input, passphrase) => images.resolveAction(input, passphrase),
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
    offeredHosts: () => listConfiguredHosts(process.env, configFile === null ? {} : { configFile }),
    prompts,
    promptChanges,
    jobsOf,
    settings,
    tasks,
    commandLog,
    images,
    runBook: createRunBook(local.files, stateFolder),
    builds,
    registries: registryParts.registries,
    instances,
    overlays,
    sandboxes,
    credentials: registryParts.credentials,
    imports,
    publishing,
    comparing,
    definitions,
    layers,
    terminals,
    trust,
    workspaces,
    workspaceUse,
    handover,
    syncing,
  });
  return {
    router,
    client: () => createRouterClient(router),
    terminals,
    resolveAction: (input, passphrase) => images.resolveAction(input, passphrase),
    sandboxShell: (shell) => sandboxes.resolveShell(shell),
    instanceShell: (one) => instances.resolveShell(one),
    runAttached: async (hostId, spec) => {
      const entry = hosts.sshEntry(hostId);
      return entry === null
        ? await runAttached(spec, environment)
        : await (await entry.open()).runAttached(spec, process);
    },
    taskEnded: (id) => tasks.ended(id),
    expectWindow: () => {
      hasWindow = true;
      localImages.keepRead(closing.signal);
      // Not for a single command: a sync puts this right itself, and must not find its workspace held for it.
      syncing.removeLeftovers(localHostId).catch((error: unknown) => console.error(error));
      unpacking.takeUp(localHostId);
    },
    dispose: async () => {
      closing.abort();
      await Promise.all([tasks.dispose(), terminals.dispose()]);
      await imports.uploads.dispose();
      // A line that this process opened ends with it; one that it only joined is another's.
      await Promise.all([commandLog.flush(), registryParts.credentials.flush()]);
    },
  };
}

/** What is unfinished on an ssh host, written down there: removed by the next work of this kind. */
function recordsOnHost(host: Host, onProblem: (text: string) => void) {
  const folder = joinPath(host.homeFolder, hostPathFromText('.local/state/mysingularity/work'));
  return createWorkRecords({ host, folder, onProblem });
}

/** The person's own shell, as a login does it. */
function hostShellCommand(hostId: HostId): CommandSpec {
  return hostId === localHostId
    ? commandSpec(userInfo().shell ?? '/bin/sh', [], { purpose: 'Shell on this machine' })
    : commandSpec('/bin/sh', ['-c', 'exec "$SHELL" -l'], { purpose: 'Shell on the host' });
}
