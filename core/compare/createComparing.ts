import {
  type CompareInput,
  type ComparisonPageInput,
  compareInputSchema,
  comparisonPageRows,
} from '#core/contract/compare.ts';
import { baseName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { ImageDetail } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import type { Comparing, Page } from './comparing.ts';
import { createComparisonStore } from './comparisonStore.ts';
import { createPrivateFolders, type PrivateFolderMeans } from './privateFolder.ts';
import { createRpmReader } from './rpmDatabase.ts';
import { createUnpack } from './unpackForeign.ts';

/** What comparisons stand on. */
export interface ComparingMeans extends PrivateFolderMeans {
  /** What the bytes of an image tell; fails with image.missing and image.notAnImage. */
  readonly describe: (path: HostPath) => Promise<ImageDetail>;
  readonly stateFolder: HostPath;
}

/** Comparisons, with what they stand on. */
export function createComparing(means: ComparingMeans): Comparing {
  const folder = joinPath(means.stateFolder, hostPathFromText('comparisons'));
  const store = createComparisonStore(means.host.files, folder);

  async function run(input: CompareInput, context: TaskContext): Promise<TaskResult> {
    requireHere(input);
    const makeFolder = createPrivateFolders(means, context);
    // A start must not wait for what few ask for.
    const { compareImages } = await import('./compareImages.ts');
    const whole = await compareImages(
      { left: input.left.path, right: input.right.path },
      {
        describe: means.describe,
        unpack: createUnpack(means.host, context, makeFolder),
        readRpm: createRpmReader(means.host, context, makeFolder),
        context,
      },
    );
    context.signal.throwIfAborted();
    await store.keep(context.id, whole);
    const { isEqual, totals, filesNotCompared } = whole.comparison;
    const { added, removed, changed, packages } = totals;
    const facts = { isEqual, added, removed, changed, packages, filesCompared: filesNotCompared === null };
    return { path: null, digest: null, sizeBytes: null, facts };
  }

  const definition: TaskDefinition<CompareInput> = {
    kind: 'image.compare',
    input: compareInputSchema,
    describe: ({ left, right }) => ({
      title: `${baseName(left.path)} ↔ ${baseName(right.path)}`,
      hostId: localHostId,
      target: null,
      byHand: null,
    }),
    storedInput: (input) => input,
    run,
  };

  return {
    definition,
    async check(input) {
      requireHere(input);
      await Promise.all([means.describe(input.left.path), means.describe(input.right.path)]);
    },
    list: () => store.list(),
    remove: (ids) => store.remove(ids),
    result: async (id) => (await store.read(id)).comparison,
    files: async (input) => pageOf((await store.read(input.taskId)).files, ({ path }) => path, input),
    packages: async (input) => pageOf((await store.read(input.taskId)).packages, ({ name }) => name, input),
    text: async (id) => {
      const { comparisonText } = await import('./comparisonText.ts');
      return comparisonText(await store.read(id));
    },
  };
}

function requireHere(input: CompareInput): void {
  for (const side of ['left', 'right'] as const)
    if (input[side].hostId !== localHostId)
      throw workbenchError('input.invalid', {
        field: side,
        reason: 'Only images of this machine can be compared: bring that one here first',
      });
}

function pageOf<Row>(
  rows: readonly Row[],
  textOf: (row: Row) => string,
  { filter, page }: ComparisonPageInput,
): Page<Row> {
  const wanted = filter.toLowerCase();
  const matching = wanted === '' ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(wanted));
  return {
    rows: matching.slice(page * comparisonPageRows, (page + 1) * comparisonPageRows),
    matching: matching.length,
  };
}
