import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyedLock } from '#core/cache/keyedLock.ts';
import type { LayerStore } from '#core/cache/layerStore.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { ActionInput, ImageDetail, ImageEvent, PullInput, PullPlan } from '#core/contract/images.ts';

import type { Host } from '#core/hosts/host.ts';
import type { RegistryClient, RegistryClientOptions } from '#core/registry/registryClient.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import { type ActionPreview, previewAction, resolveActionCommand } from './actions.ts';
import { readImageDetail } from './detail.ts';
import { removeImages, renameImage } from './fileActions.ts';
import { createLedger } from './ledger.ts';
import { createImageLibrary } from './library.ts';
import type { ImagePreferences, PullMeans } from './pullMeans.ts';
import { planPull, type RequestFacts } from './pullRequest.ts';
import { addDefinition, pullDefinition } from './pullTasks.ts';
import { createWorkRecords } from './workRecords.ts';

export interface ImagesOptions {
  readonly host: Host;
  readonly layers: LayerStore;
  readonly openRegistry: (options: RegistryClientOptions) => RegistryClient;
  /** The chosen installation; fails with runtime.missing. */
  readonly runtime: () => Promise<Runtime>;
  /** OCI name of the host's processor. */
  readonly architecture: () => Promise<string>;
  /** Asked at every use. */
  readonly preferences: () => ImagePreferences;
  /** Ordinary text. `temporary` is where conversions unpack; the system's by default. */
  readonly folders: { readonly state: string; readonly temporary?: string };
  /** Troubles with our own records, which stop nothing. */
  readonly onProblem?: (text: string) => void;
}

/** Everything about images on one host: the list, the details, the ways to get and change them. */
export interface Images {
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  watch(signal: AbortSignal): AsyncGenerator<ImageEvent, void, undefined>;
  /** Has the library read and followed until the signal is aborted, so that whoever watches then need not wait. */
  keepRead(signal: AbortSignal): void;
  refresh(): Promise<void>;
  setFolders(folders: readonly HostPath[]): void;
  detail(path: HostPath): Promise<ImageDetail>;
  planPull(input: PullInput): Promise<PullPlan>;
  rename(path: HostPath, newName: HostPath): Promise<HostPath>;
  remove(paths: readonly HostPath[]): Promise<{ removed: number; freedBytes: number }>;
  previewAction(input: ActionInput): Promise<ActionPreview>;
  resolveAction(input: ActionInput): Promise<CommandSpec>;
  /** Removes what killed processes left behind; pulls do it before they begin, too. */
  removeLeftovers(): Promise<readonly HostPath[]>;
}

/** Puts the capability together. Nothing is read before it is asked for. */
export function createImages(options: ImagesOptions): Images {
  const { host } = options;
  const onProblem = options.onProblem ?? ((text: string) => process.emitWarning(text));
  const stateFolder = joinPath(hostPathFromText(options.folders.state), hostPathFromText('images'));
  const folder = (name: string) => joinPath(stateFolder, hostPathFromText(name));
  const ledger = createLedger({ files: host.files, folder: folder('made'), onProblem });
  const records = createWorkRecords({ host, folder: folder('work'), onProblem });
  const known = createKnownFacts(options);
  const means: PullMeans = {
    host,
    architecture: known.architecture,
    runtime: known.runtime,
    layers: options.layers,
    openRegistry: options.openRegistry,
    preferences: options.preferences,
    temporaryFolder: hostPathFromText(options.folders.temporary ?? tmpdir()),
    ledger,
    records,
    locks: createKeyedLock(join(options.folders.state, 'images', 'locks')),
  };
  const library = createImageLibrary({ host, folders: options.preferences().folders });
  return {
    taskDefinitions: [pullDefinition(means, known.facts), addDefinition(means)],
    watch: (signal) => library.watch(signal),
    keepRead: (signal) => library.keepRead(signal),
    refresh: () => library.refresh(),
    setFolders: (folders) => library.setFolders(folders),
    detail: async (path) =>
      await readImageDetail({ host, ledger, hostArchitecture: await options.architecture() }, path),
    planPull: (input) => planPull(input, means),
    rename: (path, newName) => renameImage({ host, ledger }, path, newName),
    remove: (paths) => removeImages({ host, ledger }, paths),
    previewAction: async (input) => await previewAction(host, await known.runtime(), input),
    resolveAction: async (input) => await resolveActionCommand(host, await known.runtime(), input),
    removeLeftovers: () => records.removeLeftovers(),
  };
}

/** Remembers what the host last said, for the places that cannot wait for it. */
function createKnownFacts(options: Pick<ImagesOptions, 'runtime' | 'architecture'>): {
  runtime(): Promise<Runtime>;
  architecture(): Promise<string>;
  facts(): Pick<RequestFacts, 'runtime' | 'hostArchitecture'>;
} {
  let runtime: Runtime | null = null;
  let hostArchitecture = '';
  return {
    async runtime() {
      runtime = null;
      runtime = await options.runtime();
      return runtime;
    },
    async architecture() {
      hostArchitecture = await options.architecture();
      return hostArchitecture;
    },
    facts: () => ({ runtime, hostArchitecture }),
  };
}
