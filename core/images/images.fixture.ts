import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLayerStore } from '#core/cache/createLayerStore.ts';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { PullInput } from '#core/contract/images.ts';
import type { Progress, TaskKind, TaskResult } from '#core/contract/tasks.ts';
import { runtimeOf } from '#core/hosts/chosenRuntime.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalEntry } from '#core/hosts/localEntry.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createRegistryClient } from '#core/registry/createRegistryClient.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createImages, type Images } from './images.ts';

/** A workbench's images in a folder of their own, on this machine, with everything real. */
export interface ImagesFixture {
  readonly folder: string;
  /** The image folder. */
  readonly library: string;
  readonly temporary: string;
  readonly host: Host;
  readonly images: Images;
  /** Every command that was run. */
  readonly commands: readonly CommandSpec[];
  /** Starts work as the task manager would. */
  start(kind: TaskKind, input: unknown, options?: StartOptions): StartedWork;
  dispose(): void;
}

export interface StartOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReportedProgress) => void;
}

export type ReportedProgress = Partial<Progress> & Pick<Progress, 'phase'>;

export interface StartedWork {
  readonly ended: Promise<TaskResult>;
  readonly progress: readonly ReportedProgress[];
  readonly log: readonly string[];
}

/** `folder` is made in the system's temporary folder when it is not given. */
export function createImagesFixture(
  options: {
    readonly folder?: string;
    readonly library?: string;
    readonly temporary?: string;
    readonly memoryFolder?: (neededBytes: number) => Promise<HostPath | null>;
  } = {},
): ImagesFixture {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'images-test-'));
  const library = options.library ?? join(folder, 'images');
  const temporary = options.temporary ?? folder;
  const commands: CommandSpec[] = [];
  const host = createLocalHost({
    environment: scrubbedEnvironment(process.env, null),
    observer: {
      started: (_host, spec) => {
        commands.push(spec);
        return { ended: () => undefined };
      },
    },
  });
  const libraryPath = hostPathFromText(library);
  const entry = createLocalEntry({
    host,
    preferences: () => ({ runtimePath: null, imageFolders: [libraryPath], imageFolder: libraryPath }),
    onChange: () => undefined,
  });
  const images = createImages({
    openWorkspace: async () => null,
    host,
    layers: createLayerStore({ folder: join(folder, 'layers'), capBytes: () => 1e12 }),
    openRegistry: createRegistryClient,
    credentialsOf: () => Promise.resolve(null),
    openSif: () => Promise.reject(new TypeError('no file service in this test')),
    rules: stderrRules,
    runtime: async () => runtimeOf(await entry.known(), localHostId),
    architecture: async () => (await entry.known()).facts.architecture,
    preferences: () => ({ folders: [libraryPath], defaultFolder: libraryPath, compression: 'gzip-6' }),
    folders: { state: join(folder, 'state'), temporary },
    ...(options.memoryFolder === undefined ? {} : { memoryFolder: options.memoryFolder }),
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  let count = 0;
  return {
    folder,
    library,
    temporary,
    host,
    images,
    commands,
    start(kind, input, startOptions = {}) {
      count += 1;
      const progress: ReportedProgress[] = [];
      const log: string[] = [];
      const context: TaskContext = {
        id: taskIdSchema.parse(`task-${process.pid}-${count}`),
        signal: startOptions.signal ?? new AbortController().signal,
        report: (update) => {
          progress.push(update);
          startOptions.onProgress?.(update);
        },
        log: (stream, text) => log.push(`${stream}: ${text}`),
        resumeFrom: 0,
        isAdopted: false,
      };
      return { ended: runDefinition(images, { kind, input, context }), progress, log };
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A pull as the page would ask for it. */
export function pullInput(reference: string, rest: Partial<PullInput> = {}): PullInput {
  return {
    hostId: localHostId,
    reference,
    folder: null,
    fileName: null,
    form: 'sif',
    overwrite: false,
    allowHttp: false,
    architecture: null,
    compression: null,
    route: null,
    credentials: null,
    ...rest,
  };
}

/** Ordinary text as a path, for inputs. */
export function pathOf(...parts: readonly string[]): HostPath {
  return hostPathFromText(join(...parts));
}

async function runDefinition(
  images: Images,
  work: { readonly kind: TaskKind; readonly input: unknown; readonly context: TaskContext },
): Promise<TaskResult> {
  const definition = images.taskDefinitions.find(({ kind }) => kind === work.kind);
  if (definition === undefined) throw new Error(`no definition of ${work.kind}`);
  return await definition.run(definition.input.parse(work.input), work.context);
}
