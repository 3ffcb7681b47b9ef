import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyedLock } from '#core/cache/keyedLock.ts';
import type { LayerStore } from '#core/cache/layerStore.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { PullInput, PullPlan } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { Host } from '#core/hosts/host.ts';
import type { RegistryClient, RegistryClientOptions } from '#core/registry/registryClient.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import type { OpenActionWorkspace } from './actions.ts';
import { type FinishedImage, finishImage } from './finishPull.ts';
import { createHostImages, type HostImages } from './hostImages.ts';
import { openHostLedger } from './hostLedger.ts';
import type { Ledger } from './ledger.ts';
import type { CredentialsOf, ImagePreferences, OpenSif, PullMeans } from './pullMeans.ts';
import { planPull, type RequestFacts } from './pullRequest.ts';
import { addDefinition, pullDefinition } from './pullTasks.ts';
import { runConversion } from './runConversion.ts';
import { createWorkRecords, type WorkRecords } from './workRecords.ts';

export interface ImagesOptions {
  readonly host: Host;
  readonly openWorkspace: OpenActionWorkspace;
  readonly layers: LayerStore;
  readonly openRegistry: (options: RegistryClientOptions) => RegistryClient;
  readonly openSif: OpenSif;
  readonly credentialsOf: CredentialsOf;
  /** What explains the runtime's words: the site's rules first. */
  readonly rules: readonly StderrRule[];
  /** The chosen installation; fails with runtime.missing. */
  readonly runtime: () => Promise<Runtime>;
  /** OCI name of the host's processor. */
  readonly architecture: () => Promise<string>;
  /** Asked at every use. */
  readonly preferences: () => ImagePreferences;
  /** Ordinary text. `temporary` is where conversions unpack; the system's by default. */
  readonly folders: { readonly state: string; readonly temporary?: string };
  /** Where much less time is needed for unpacking; asked only where no temporary folder was chosen. */
  readonly memoryFolder?: PullMeans['memoryFolder'];
  /** Troubles with our own records, which stop nothing. */
  readonly onProblem?: (text: string) => void;
}

/** How an image that no pull brings is made: the runtime's build explained, its end proved and recorded, leftovers known. */
export interface ImageMaking {
  readonly records: WorkRecords;
  convert(spec: CommandSpec, context: TaskContext): Promise<void>;
  finish(
    made: Pick<FinishedImage, 'part' | 'target' | 'overwrite' | 'reference' | 'compression' | 'facts'>,
    context: TaskContext,
  ): Promise<TaskResult>;
}

/** Everything about images on this machine: the list, the details, the ways to get and change them. */
export interface Images extends HostImages {
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  /** The one of them that pulls. */
  readonly pull: TaskDefinition<PullInput>;
  readonly ledger: Ledger;
  /** For whatever else makes images on this machine. */
  readonly making: ImageMaking;
  planPull(input: PullInput): Promise<PullPlan>;
  /** Removes what killed processes left behind; pulls do it before they begin, too. */
  removeLeftovers(): Promise<readonly HostPath[]>;
}

/** Puts the capability together. Nothing is read before it is asked for. */
export function createImages(options: ImagesOptions): Images {
  const { host } = options;
  const onProblem = options.onProblem ?? ((text: string) => process.emitWarning(text));
  const stateFolder = hostPathFromText(options.folders.state);
  const ledger = openHostLedger(host, { files: host.files, stateFolder, onProblem });
  const workFolder = joinPath(joinPath(stateFolder, hostPathFromText('images')), hostPathFromText('work'));
  const records = createWorkRecords({ host, folder: workFolder, onProblem });
  const known = createKnownFacts(options);
  const means: PullMeans = {
    host,
    architecture: known.architecture,
    runtime: known.runtime,
    layers: options.layers,
    openRegistry: options.openRegistry,
    openSif: options.openSif,
    credentialsOf: options.credentialsOf,
    rules: options.rules,
    preferences: options.preferences,
    temporaryFolder: hostPathFromText(options.folders.temporary ?? tmpdir()),
    memoryFolder: options.memoryFolder ?? (() => Promise.resolve(null)),
    ledger,
    records,
    locks: createKeyedLock(join(options.folders.state, 'images', 'locks')),
  };
  const pull = pullDefinition(means, known.facts);
  return {
    ...createHostImages({
      host,
      folders: options.preferences().folders,
      ledger,
      runtime: known.runtime,
      architecture: options.architecture,
      rules: options.rules,
      openWorkspace: options.openWorkspace,
    }),
    taskDefinitions: [pull, addDefinition(means)],
    pull,
    ledger,
    making: {
      records,
      convert: (spec, context) => runConversion({ means, context }, spec),
      finish: (made, context) =>
        finishImage(
          means,
          { ...made, sha256: null, key: null, manifestDigest: null, mustBeSif: false, architecture: null },
          context,
        ),
    },
    planPull: (input) => planPull(input, means),
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
