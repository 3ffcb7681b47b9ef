import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { ImportInput, PushInput } from '#core/contract/images.ts';
import type { Progress, TaskResult } from '#core/contract/tasks.ts';
import { runtimeOf } from '#core/hosts/chosenRuntime.ts';
import { createLocalEntry } from '#core/hosts/localEntry.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { landFile } from '#core/images/pullTarget.ts';
import { runConversion } from '#core/images/runConversion.ts';
import { verifyImage } from '#core/images/verifyImage.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createImports } from './createImports.ts';
import type { ImportMeans } from './importMeans.ts';
import type { Imports } from './imports.ts';

export type ReportedProgress = Partial<Progress> & Pick<Progress, 'phase'>;

/** A workbench's imports in a folder of their own, with everything real but the sending. */
export interface ImportsFixture {
  readonly folder: string;
  readonly library: string;
  readonly temporary: string;
  readonly imports: Imports;
  readonly means: ImportMeans;
  /** What was to be sent to another host. */
  readonly sent: readonly PushInput[];
  run(input: ImportInput, options?: RunOptions): Promise<TaskResult>;
  dispose(): void;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReportedProgress) => void;
}

/** `variables` are added to the environment of every program. */
export function createImportsFixture(
  options: { readonly folder?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): ImportsFixture {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'imports-test-'));
  const library = join(folder, 'images');
  const temporary = join(folder, 'tmp');
  const state = hostPathFromText(join(folder, 'state'));
  for (const path of [library, temporary, join(folder, 'state')]) mkdirSync(path, { recursive: true });
  const environment = { ...scrubbedEnvironment(process.env, null), ...options.variables };
  const host = createLocalHost({
    environment,
    observer: { started: () => ({ ended: () => undefined }) },
  });
  const libraryPath = hostPathFromText(library);
  const entry = createLocalEntry({
    host,
    preferences: () => ({ runtimePath: null, imageFolders: [libraryPath], imageFolder: libraryPath }),
    onChange: () => undefined,
  });
  const runtime = async () => runtimeOf(await entry.known(), localHostId);
  const onProblem = (text: string) => {
    throw new Error(text);
  };
  const sent: PushInput[] = [];
  const means: ImportMeans = {
    host,
    hosts: {
      open: () => Promise.resolve(host),
      architecture: async () => (await entry.known()).facts.architecture,
    },
    runtime,
    preferences: () => ({ defaultFolder: libraryPath, compression: 'gzip-6' }),
    records: createWorkRecords({
      host,
      folder: joinPath(state, hostPathFromText('work')),
      onProblem,
    }),
    temporaryFolder: hostPathFromText(temporary),
    stateFolder: state,
    environment,
    convert: (spec, context) =>
      runConversion({ means: { host, runtime, rules: stderrRules }, context }, spec),
    async finish({ part, target, overwrite, facts }, { signal }) {
      await verifyImage(host, part, { mustBeSif: false, shownAs: target });
      const digest = `sha256:${await host.files.sha256(part, signal)}`;
      const { sizeBytes } = await landFile(host, { from: part, target }, { overwrite, signal });
      return { path: target, digest, sizeBytes, facts };
    },
    send: {
      async run(input) {
        await verifyImage(host, input.path, { mustBeSif: false, shownAs: input.path });
        sent.push(input);
        return { path: input.path, digest: null, sizeBytes: null, facts: {} };
      },
    },
    onProblem,
  };
  const imports = createImports(means);
  let count = 0;
  return {
    folder,
    library,
    temporary,
    imports,
    means,
    sent,
    run(input, { signal, onProgress } = {}) {
      count += 1;
      const context: TaskContext = {
        id: taskIdSchema.parse(`task-${process.pid}-${count}`),
        signal: signal ?? new AbortController().signal,
        report: (progress) => onProgress?.(progress),
        log: () => undefined,
        resumeFrom: 0,
        isAdopted: false,
      };
      return imports.definition.run(input, context);
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An import as the page would ask for it. */
export function importInput(path: string | HostPath, rest: Partial<ImportInput> = {}): ImportInput {
  return {
    hostId: localHostId,
    path: hostPathFromText(path),
    member: null,
    folder: null,
    fileName: null,
    form: 'sif',
    overwrite: false,
    compression: null,
    ...rest,
  };
}
