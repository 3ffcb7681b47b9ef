import type { BuildRecord } from '#core/contract/builds.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { DefinitionProgress } from '#core/runtime/buildDefinitionProgress.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { type BuildFollower, createBuildFollower, masked } from './buildFollower.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';

/** A running build: what it says goes to the log and the history. */
export interface BuildRun {
  readonly follower: BuildFollower;
  /** Keeps how it ended. `cancelled` where the person wanted that. */
  end(outcome: 'succeeded', result: TaskResult): Promise<void>;
  end(outcome: 'failed' | 'cancelled', thrown: unknown): Promise<void>;
}

/** What is kept of a build as it begins. */
export function firstRecord(
  request: BuildRequest,
  rest: { readonly id: BuildRecord['id']; readonly hostLabel: string },
): BuildRecord {
  const { input, definition, runtime } = request;
  return {
    version: 1,
    id: rest.id,
    name: definition.name,
    hostId: input.hostId,
    hostLabel: rest.hostLabel,
    target: request.target,
    targetHostId: request.targetHostId,
    startedAt: Date.now(),
    endedAt: null,
    outcome: 'running',
    digest: null,
    sizeBytes: null,
    test: 'none',
    definition: {
      hostId: definition.hostId,
      path: definition.path,
      folder: definition.folder,
      text: definition.text,
    },
    elsewhere: input.elsewhere,
    runtime: { product: runtime.dialect.product, version: runtime.dialect.version },
    architecture: request.architecture,
    way: input.way,
    options: request.options,
    buildArguments: withoutSecrets(input.buildArguments),
    phases: [],
    error: null,
  };
}

/** Build arguments as they may be stored. */
export function withoutSecrets(buildArguments: BuildRecord['buildArguments']): BuildRecord['buildArguments'] {
  return buildArguments.map((one) => (one.isSecret ? { ...one, value: null } : one));
}

/** Begins (or, for an adopted build, goes on with) a record and the reading of the output. */
export async function openRun(
  record: BuildRecord,
  context: TaskContext,
  means: Pick<BuildMeans, 'history' | 'onProblem'> & {
    readonly secrets: readonly string[];
    readonly made: string | null;
  },
): Promise<BuildRun> {
  let kept = record;
  let writing = means.history.keep(kept);
  await writing;

  /** One after the other; a history that cannot be written stops no build. */
  function keep(next: BuildRecord): Promise<void> {
    kept = next;
    writing = writing
      .then(() => means.history.keep(next))
      .catch((thrown: unknown) =>
        means.onProblem(`The history of builds could not be written: ${reportOf(thrown).title}`),
      );
    return writing;
  }

  const follower = createBuildFollower(context, {
    secrets: means.secrets,
    output: means.made === null ? null : { made: means.made, target: record.target },
    seen: record.phases,
    onPhase: ({ phases }) => void keep({ ...kept, phases: [...phases] }),
  });

  function endOf(progress: DefinitionProgress): Pick<BuildRecord, 'phases' | 'test' | 'endedAt'> {
    const test = kept.options.noTest ? 'skipped' : progress.test;
    return { phases: [...progress.phases], test, endedAt: Date.now() };
  }

  return {
    follower,
    async end(outcome: 'succeeded' | 'failed' | 'cancelled', what: unknown) {
      const ended = { ...kept, ...endOf(follower.end(outcome)), outcome };
      if (outcome === 'succeeded') {
        const { digest, sizeBytes } = what as TaskResult;
        await keep({ ...ended, digest, sizeBytes });
        return;
      }
      const report = reportOf(what);
      const evidence = report.evidence === null ? null : masked(report.evidence, means.secrets);
      await keep({ ...ended, error: outcome === 'failed' ? { ...report, evidence } : null });
    },
  };
}
