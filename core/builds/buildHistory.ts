import { z } from 'zod';
import {
  type BuildRecord,
  type BuildSummary,
  buildRecordSchema,
  buildSummarySchema,
} from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

const mostRecords = 1000;
/** A list sets no more memory aside for a file than it takes, with room for what a running build adds meanwhile. */
const roomToGrow = 65_536;
/** So many files are read at once. */
const readAtOnce = 32;
const recordLimitBytes = 8 * 1024 * 1024;

const keptSchema = z.object({ record: buildRecordSchema, owner: processOwnerSchema });
/** A list looks at no more: of a thousand builds the rest would take a second. */
const keptSummarySchema = z.object({ record: buildSummarySchema, owner: processOwnerSchema });

/** A build of this machine whose process is gone. */
function isLost({ record, owner }: z.infer<typeof keptSummarySchema>): boolean {
  return record.outcome === 'running' && record.hostId === localHostId && !mayBeAlive(owner);
}

/** The builds of this user, one JSON file each; the oldest go when there are more than 1,000. */
export interface BuildHistory {
  /** Replaces what was known of the build. */
  keep(record: BuildRecord): Promise<void>;
  /** Null where nothing is known. A build of this machine whose process is gone is told as interrupted. */
  find(id: TaskId): Promise<BuildRecord | null>;
  /** Newest first. */
  list(): Promise<readonly BuildSummary[]>;
  /** Takes builds off. Fails with input.invalid for one that runs, before any is taken off; unknown ones are none. */
  forget(ids: readonly TaskId[]): Promise<void>;
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
    const kept = await readAs(file, keptSchema, recordLimitBytes);
    if (kept === null) return null;
    return isLost(kept) ? interrupted(kept.record) : kept.record;
  }

  async function readAs<Kept>(
    file: HostPath,
    schema: z.ZodType<Kept>,
    mostBytes: number,
  ): Promise<Kept | null> {
    try {
      const bytes = await files.read(file, 0, Math.min(mostBytes, recordLimitBytes));
      return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (thrown) {
      const { code, title } = reportOf(thrown);
      if (code !== 'host.pathMissing')
        onProblem(
          `${file} in the history of builds is left out: ${thrown instanceof z.ZodError ? 'it has another form' : title}`,
        );
      return null;
    }
  }

  interface Entry {
    readonly file: HostPath;
    /** Changes with the file. */
    readonly stamp: string;
    readonly sizeBytes: number;
  }

  async function entries(): Promise<readonly Entry[]> {
    if ((await files.stat(folder)) === null) return [];
    const found = (await files.list(folder)).filter(({ name }) => name.endsWith('.json'));
    return found
      .toSorted((a, b) => b.facts.modifiedAt - a.facts.modifiedAt)
      .map(({ name, facts }) => ({
        file: joinPath(folder, name),
        sizeBytes: facts.sizeBytes,
        stamp: `${facts.modifiedAt} ${facts.sizeBytes} ${facts.inode}`,
      }));
  }

  /** Of builds that have ended: their files are not read again. */
  const known = new Map<HostPath, { readonly stamp: string; readonly summary: BuildSummary }>();

  async function summaryIn({ file, stamp, sizeBytes }: Entry): Promise<BuildSummary | null> {
    const before = known.get(file);
    if (before?.stamp === stamp) return before.summary;
    const kept = await readAs(file, keptSummarySchema, sizeBytes + roomToGrow);
    if (kept === null) return null;
    const summary: BuildSummary = isLost(kept) ? { ...kept.record, outcome: 'failed' } : kept.record;
    if (summary.outcome !== 'running') known.set(file, { stamp, summary });
    return summary;
  }

  return {
    async keep(record) {
      const isNew = (await files.stat(folder)) === null || (await files.stat(fileOf(record.id))) === null;
      await files.makeFolder(folder, 0o700);
      await files.write(fileOf(record.id), JSON.stringify({ record, owner: thisProcess }), 0o600);
      if (!isNew) return;
      for (const { file } of (await entries()).slice(mostRecords)) await files.remove(file);
    },
    find: (id) => read(fileOf(id)),
    async list() {
      const all = await entries();
      const summaries: BuildSummary[] = [];
      for (let from = 0; from < all.length; from += readAtOnce) {
        const some = await Promise.all(all.slice(from, from + readAtOnce).map(summaryIn));
        summaries.push(...some.filter((summary) => summary !== null));
      }
      const present = new Set(all.map(({ file }) => file));
      for (const file of known.keys()) if (!present.has(file)) known.delete(file);
      return summaries.toSorted((a, b) => b.startedAt - a.startedAt);
    },
    async forget(ids) {
      const records = await Promise.all(ids.map((id) => read(fileOf(id))));
      const running = records.find((record) => record?.outcome === 'running');
      if (running !== undefined && running !== null)
        throw workbenchError('input.invalid', {
          field: 'ids',
          reason: `The build of ${running.name} runs: it can be taken off the history when it has ended`,
        });
      for (const id of ids) if ((await files.stat(fileOf(id))) !== null) await files.remove(fileOf(id));
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
