import type { KeptComparison } from '#core/contract/compare.ts';
import { visibleLine } from '#core/contract/comparisonLines.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { formatTime, table } from './printable.ts';

export interface ComparisonsOptions extends CommonOptions {
  readonly remove?: boolean;
}

/** Lists the comparisons that are kept, shows one again, or removes some. */
export async function comparisons(
  line: CommandLine,
  words: readonly string[],
  options: ComparisonsOptions,
): Promise<number> {
  const taskIds = words.map(idOf);
  if (options.remove === true) {
    if (taskIds.length === 0) throw new UsageError('--remove needs comparisons of the list');
    await (await openClient(line)).compare.remove({ taskIds });
    return exitStatus.done;
  }
  const [taskId, ...more] = taskIds;
  if (more.length > 0) throw new UsageError('one comparison is shown at a time');
  const client = await openClient(line);
  if (taskId !== undefined) {
    if (options.json === true) writeJson(line.stdout, await client.compare.result({ taskId }));
    else line.stdout.write((await client.compare.text({ taskId })).text);
    return exitStatus.done;
  }
  const { comparisons: kept } = await client.compare.list();
  if (options.json === true) writeJson(line.stdout, kept);
  else line.stdout.write(table(kept.map(cellsOf)));
  return exitStatus.done;
}

function idOf(text: string): TaskId {
  const parsed = taskIdSchema.safeParse(text);
  if (!parsed.success) throw new UsageError(`${JSON.stringify(text)} is no comparison of the list`);
  return parsed.data;
}

function cellsOf({ taskId, left, right, comparedAt, isEqual, totals }: KeptComparison): readonly string[] {
  const differing = totals.added + totals.removed + totals.changed;
  const found = isEqual ? 'equal' : `${differing} files, ${totals.packages} packages`;
  return [taskId, formatTime(comparedAt), found, visibleLine(`${left.path} → ${right.path}`)];
}
