import { z } from 'zod';
import {
  comparisonSchema,
  fileDifferenceSchema,
  type KeptComparison,
  keptComparisonSchema,
  packageDifferenceSchema,
} from '#core/contract/compare.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, HostFiles } from '#core/hosts/host.ts';
import type { WholeComparison } from './compareImages.ts';

/** Of so many comparisons the results are kept, the newest, */
const mostKept = 50;
/** as far as they fit in here. */
const mostBytes = 1024 ** 3;
const longestFile = 512 * 1024 * 1024;
const longestSummary = 1024 * 1024;
const ending = '.json';

const storedSchema = z.object({
  version: z.literal(1),
  comparison: comparisonSchema,
  files: z.array(fileDifferenceSchema),
  packages: z.array(packageDifferenceSchema),
});

/**
 * Results of comparisons: one private file each, in a folder of their own; beside it in `summaries` what a list shows,
 * since a result may hold 200,000 names.
 */
export interface ComparisonStore {
  keep(id: TaskId, whole: WholeComparison): Promise<void>;
  /** Fails with task.unknown where there is none (any more). */
  read(id: TaskId): Promise<WholeComparison>;
  /** Newest first. What cannot be read is left out. */
  list(): Promise<readonly KeptComparison[]>;
  remove(ids: readonly TaskId[]): Promise<void>;
}

export function createComparisonStore(files: HostFiles, folder: HostPath): ComparisonStore {
  const summaries = joinPath(folder, hostPathFromText('summaries'));
  const nameOf = (id: TaskId) => hostPathFromText(`${id}${ending}`);
  /** The one that is read page by page. */
  let last: { readonly id: TaskId; readonly whole: WholeComparison } | null = null;

  async function newestFirst(): Promise<readonly { readonly id: TaskId; readonly facts: FileFacts }[]> {
    if ((await files.stat(folder)) === null) return [];
    const found = (await files.list(folder)).flatMap(({ name, facts }) => {
      const id = taskIdSchema.safeParse(name.slice(0, -ending.length));
      return name.endsWith(ending) && id.success ? [{ id: id.data, facts }] : [];
    });
    return found.sort((one, other) => other.facts.modifiedAt - one.facts.modifiedAt);
  }

  async function removeOne(id: TaskId): Promise<void> {
    if (last?.id === id) last = null;
    // The summary last: a result without one is still found and removed.
    for (const inside of [folder, summaries]) {
      const path = joinPath(inside, nameOf(id));
      if ((await files.stat(path)) !== null) await files.remove(path);
    }
  }

  async function removeOldest(): Promise<void> {
    let bytes = 0;
    for (const [index, { id, facts }] of (await newestFirst()).entries()) {
      bytes += facts.sizeBytes;
      if (index >= mostKept || (index > 0 && bytes > mostBytes)) await removeOne(id);
    }
  }

  async function readWhole(id: TaskId): Promise<WholeComparison> {
    if (last?.id === id) return last.whole;
    try {
      const bytes = await files.read(joinPath(folder, nameOf(id)), 0, longestFile);
      const whole = storedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      last = { id, whole };
      return whole;
    } catch (thrown) {
      if (reportOf(thrown).code === 'host.pathMissing') throw workbenchError('task.unknown', { id });
      throw thrown;
    }
  }

  async function writeSummary(id: TaskId, { comparison }: WholeComparison, comparedAt: number) {
    const { left, right, isEqual, totals, filesNotCompared } = comparison;
    const filesCompared = filesNotCompared === null;
    const summary: KeptComparison = { taskId: id, left, right, comparedAt, isEqual, filesCompared, totals };
    await files.makeFolder(summaries, 0o700);
    await files.write(joinPath(summaries, nameOf(id)), JSON.stringify(summary), 0o600);
    return summary;
  }

  async function summaryOf(id: TaskId, comparedAt: number): Promise<KeptComparison | null> {
    const file = joinPath(summaries, nameOf(id));
    try {
      // Results of an older workbench have no summary yet.
      if ((await files.stat(file)) === null) return await writeSummary(id, await readWhole(id), comparedAt);
      const bytes = await files.read(file, 0, longestSummary);
      return keptComparisonSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return null; // damaged, or removed at this moment by another process: the others are listed all the same
    }
  }

  return {
    async keep(id, whole) {
      await files.makeFolder(folder, 0o700);
      await files.write(joinPath(folder, nameOf(id)), JSON.stringify({ version: 1, ...whole }), 0o600);
      await writeSummary(id, whole, Date.now());
      last = { id, whole };
      await removeOldest();
    },
    read: readWhole,
    async list() {
      const kept: KeptComparison[] = [];
      for (const { id, facts } of await newestFirst()) {
        const summary = await summaryOf(id, facts.modifiedAt);
        if (summary !== null) kept.push(summary);
      }
      return kept;
    },
    async remove(ids) {
      for (const id of ids) await removeOne(id);
    },
  };
}
