import { type BuildInput, buildInputSchema } from '#core/contract/builds.ts';
import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { definitionBuildByHand } from '#core/runtime/buildDefinition.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import { buildHere } from './buildHere.ts';
import { createBuildHistory, summaryOf } from './buildHistory.ts';
import type { BuildMeans, BuildPreferences } from './buildMeans.ts';
import { planBuild } from './buildPlan.ts';
import { buildRequest, nameOf, targetOf } from './buildRequest.ts';
import { withoutSecrets } from './buildRun.ts';
import type { Builds } from './builds.ts';
import { buildThere } from './buildThere.ts';
import { checkpointCapBytes, checkpointDays, createCheckpointStore } from './checkpointStore.ts';
import { withEnginesEnded } from './engineFolder.ts';
import { createImageTests } from './imageTests.ts';
import { methodsSentence } from './methodsSentence.ts';
import { withOwnedRemoval } from './ownedRemoval.ts';
import { buildThereAsRoot } from './sudoThere.ts';

/** What the composition root gives. */
export interface BuildsOptions
  extends Omit<BuildMeans, 'records' | 'history' | 'checkpoints' | 'checkpointsOf' | 'leftByRoot'> {
  readonly stateFolder: HostPath;
  /** Where the images of checkpoints are kept; it may be emptied at any time. */
  readonly checkpointFolder: HostPath;
  /** The %test of an image: empty where it has none, null where that cannot be known without running it. */
  readonly testOf: (hostId: HostId, path: HostPath) => Promise<string | null>;
}

/** Builds, with what they stand on. */
export function createBuilds(options: BuildsOptions): Builds {
  const { host, stateFolder, onProblem } = options;
  const folder = joinPath(stateFolder, hostPathFromText('builds'));
  const inside = (name: string) => joinPath(folder, hostPathFromText(name));
  const stuck = new Set<HostPath>();
  const history = createBuildHistory({ files: host.files, folder: inside('history'), onProblem });
  const records = createWorkRecords({
    host: withEnginesEnded(withOwnedRemoval(host, (path) => stuck.add(path))),
    folder: inside('work'),
    onProblem,
  });
  const tests = createImageTests({ ...options, files: host.files, folder: inside('tests') });
  const checkpoints = createCheckpointStore({
    files: host.files,
    folder: options.checkpointFolder,
    onProblem,
  });
  const checkpointsOf = async (id: HostId) => {
    if (id === localHostId) return checkpoints;
    const { files } = await options.hosts.open(id);
    return createCheckpointStore({ files, folder: keptThere(options.preferences(id)), onProblem });
  };
  const means: BuildMeans = {
    ...options,
    records,
    history,
    checkpoints,
    checkpointsOf,
    leftByRoot: () => [...stuck],
  };

  const definition: TaskDefinition<BuildInput> = {
    kind: 'image.build',
    input: buildInputSchema,
    describe(input) {
      const target = targetOf(input, means);
      const source = input.definition;
      return {
        title: nameOf(source),
        hostId: input.hostId,
        target,
        byHand: definitionBuildByHand({
          programName: 'apptainer',
          definition: source.kind === 'file' ? source.path : hostPathFromText(source.name),
          target,
          options: input,
          compression: input.compression,
          buildArguments: input.buildArguments,
          overwrite: input.overwrite,
        }),
      };
    },
    storedInput: (input) => ({ ...input, buildArguments: withoutSecrets(input.buildArguments) }),
    isDetachable: ({ hostId }) => hostId !== localHostId,
    run: async (input, context) =>
      input.hostId === localHostId
        ? await buildHere(await buildRequest(input, means), context, means)
        : await (input.way === 'sudo' ? buildThereAsRoot : buildThere)(input, context, means),
  };

  async function detail(id: Parameters<Builds['detail']>[0]) {
    const record = await history.find(id);
    if (record === null) throw workbenchError('build.unknown');
    return record;
  }

  return {
    definition,
    testDefinition: tests.definition,
    plan: (input) => planBuild(input, means),
    history: () => history.list(),
    forget: (ids) => history.forget(ids),
    detail,
    async inputOf(id, { overwrite }) {
      const { definition: kept, options: chosen, name, ...record } = await detail(id);
      const dropped = record.buildArguments.find(({ value }) => value === null);
      if (dropped !== undefined)
        throw workbenchError('input.invalid', {
          field: dropped.name,
          reason: 'Its value was secret and was not kept. Build again and give it.',
        });
      return {
        ...chosen,
        definition: { kind: 'text', hostId: kept.hostId, text: kept.text, folder: kept.folder, name },
        elsewhere: record.elsewhere,
        hostId: record.hostId,
        target: { hostId: record.targetHostId, ...splitPath(record.target) },
        buildArguments: record.buildArguments,
        way: record.way,
        overwrite,
        temporaryFolder: null,
      };
    },
    methods: async (id) => methodsSentence(await detail(id)),
    async howMade(hostId, path) {
      const facts = await (await means.hosts.open(hostId)).files.stat(path);
      if (facts === null) throw workbenchError('image.missing', { path }, { hostId });
      const entry = await (await means.ledgerOf(hostId)).find(path, facts);
      const record = entry === null ? null : await history.find(entry.taskId);
      return {
        build: record === null ? null : summaryOf(record),
        test: await tests.find(hostId, path, facts),
      };
    },
    async checkpoints(hostId) {
      const store = await checkpointsOf(hostId);
      return {
        folder: store.folder,
        checkpoints: [...(await store.list())],
        keptDays: checkpointDays,
        capBytes: checkpointCapBytes,
      };
    },
    removeCheckpoints: async (hostId, which) => await (await checkpointsOf(hostId)).remove(which),
    async removeLeftovers() {
      await records.removeLeftovers();
      await checkpoints.prune([]);
    },
  };
}

/** Where checkpoints are kept on an ssh host: homes are often small, and an image folder has room for images. */
function keptThere({ cacheFolder, defaultFolder }: BuildPreferences): HostPath {
  return cacheFolder === null
    ? joinPath(defaultFolder, hostPathFromText('.mysingularity-checkpoints'))
    : joinPath(cacheFolder, hostPathFromText('mysingularity-checkpoints'));
}

function splitPath(path: HostPath): { readonly folder: HostPath; readonly fileName: HostPath } {
  return { folder: folderName(path), fileName: baseName(path) };
}
