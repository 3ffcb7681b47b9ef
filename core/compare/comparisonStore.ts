import { z } from 'zod';
import { comparisonSchema, fileDifferenceSchema, packageDifferenceSchema } from '#core/contract/compare.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import type { WholeComparison } from './compareImages.ts';

/** Of so many comparisons the results are kept, the newest. */
const mostKept = 50;
const longestFile = 512 * 1024 * 1024;

const storedSchema = z.object({
  version: z.literal(1),
  comparison: comparisonSchema,
  files: z.array(fileDifferenceSchema),
  packages: z.array(packageDifferenceSchema),
});

/** Results of comparisons: one private file each, in a folder of their own. */
export interface ComparisonStore {
  keep(id: TaskId, whole: WholeComparison): Promise<void>;
  /** Fails with task.unknown where there is none (any more). */
  read(id: TaskId): Promise<WholeComparison>;
}

export function createComparisonStore(files: HostFiles, folder: HostPath): ComparisonStore {
  const fileOf = (id: TaskId) => joinPath(folder, hostPathFromText(`${id}.json`));
  /** The one that is read page by page. */
  let last: { readonly id: TaskId; readonly whole: WholeComparison } | null = null;

  async function removeOldest(): Promise<void> {
    const entries = (await files.list(folder)).filter(({ name }) => name.endsWith('.json'));
    const oldest = entries.sort((one, other) => other.facts.modifiedAt - one.facts.modifiedAt);
    for (const { name } of oldest.slice(mostKept)) await files.remove(joinPath(folder, name));
  }

  return {
    async keep(id, whole) {
      await files.makeFolder(folder, 0o700);
      await files.write(fileOf(id), JSON.stringify({ version: 1, ...whole }), 0o600);
      last = { id, whole };
      await removeOldest();
    },
    async read(id) {
      if (last?.id === id) return last.whole;
      try {
        const bytes = await files.read(fileOf(id), 0, longestFile);
        const whole = storedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
        last = { id, whole };
        return whole;
      } catch (thrown) {
        if (reportOf(thrown).code === 'host.pathMissing') throw workbenchError('task.unknown', { id });
        throw thrown;
      }
    },
  };
}
