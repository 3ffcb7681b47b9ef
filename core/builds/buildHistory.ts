import { z } from 'zod';
import { type BuildRecord, type BuildSummary, buildRecordSchema } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

const mostRecords = 500;
const recordLimitBytes = 8 * 1024 * 1024;

const keptSchema = z.object({ record: buildRecordSchema, owner: processOwnerSchema });

/** The builds of this user, one JSON file each; the oldest go when there are more than 500. */
export interface BuildHistory {
  /** Replaces what was known of the build. */
  keep(record: BuildRecord): Promise<void>;
  /** Null where nothing is known. A build of this machine whose process is gone is told as interrupted. */
  find(id: TaskId): Promise<BuildRecord | null>;
  /** Newest first. */
  list(): Promise<readonly BuildSummary[]>;
}

/** The history in a folder of its own. A file that cannot be read is left out, and `onProblem` is told. */
export function createBuildHistory(options: {
  readonly files: HostFiles;
  readonly folder: HostPath;
  readonly onProblem: (text: string) => void;
}): BuildHistory {
  const { files, folder, onProblem } = options;
  const fileOf = (id: string) => joinPath(folder, hostPathFromText(`${id}.json`));

  async function read(file: HostPath): Promise<BuildRecord | null> {
    try {
      const bytes = await files.read(file, 0, recordLimitBytes);
      const { record, owner } = keptSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      const isLost = record.outcome === 'running' && record.hostId === localHostId && !mayBeAlive(owner);
      return isLost ? interrupted(record) : record;
    } catch (thrown) {
      const { code, title } = reportOf(thrown);
      if (code !== 'host.pathMissing')
        onProblem(
          `${file} in the history of builds is left out: ${thrown instanceof z.ZodError ? 'it has another form' : title}`,
        );
      return null;
    }
  }

  async function names(): Promise<readonly HostPath[]> {
    if ((await files.stat(folder)) === null) return [];
    const entries = (await files.list(folder)).filter(({ name }) => name.endsWith('.json'));
    return entries
      .toSorted((a, b) => b.facts.modifiedAt - a.facts.modifiedAt)
      .map(({ name }) => joinPath(folder, name));
  }

  return {
    async keep(record) {
      const isNew = (await files.stat(folder)) === null || (await files.stat(fileOf(record.id))) === null;
      await files.makeFolder(folder, 0o700);
      await files.write(fileOf(record.id), JSON.stringify({ record, owner: thisProcess }), 0o600);
      if (!isNew) return;
      for (const old of (await names()).slice(mostRecords)) await files.remove(old);
    },
    find: (id) => read(fileOf(id)),
    async list() {
      const summaries: BuildSummary[] = [];
      for (const file of await names()) {
        const record = await read(file);
        if (record !== null) summaries.push(summaryOf(record));
      }
      return summaries.toSorted((a, b) => b.startedAt - a.startedAt);
    },
  };
}

/** A record without what only the detail shows. */
export function summaryOf(record: BuildRecord): BuildSummary {
  const { id, name, hostId, hostLabel, target, targetHostId } = record;
  const { startedAt, endedAt, outcome, digest, sizeBytes, test } = record;
  return {
    id,
    name,
    hostId,
    hostLabel,
    target,
    targetHostId,
    startedAt,
    endedAt,
    outcome,
    digest,
    sizeBytes,
    test,
  };
}

function interrupted(record: BuildRecord): BuildRecord {
  const error = workbenchError('task.interrupted', { host: record.hostLabel }).report;
  return { ...record, outcome: 'failed', error };
}
