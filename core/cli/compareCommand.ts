import type { FileDifference, PackageDifference } from '#core/contract/compare.ts';
import { fileLine, packageLine, visibleLine } from '#core/contract/comparisonLines.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus, exitStatusOf } from './exitStatus.ts';
import { reportOfFailure, writeFailure } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { imageFromArgument } from './imageArgument.ts';

export interface CompareOptions extends CommonOptions {
  readonly packages?: boolean;
  readonly files?: boolean;
}

/** As of diff(1): where 1 says "they differ", a failure must not be 1. */
const compared = { equal: 0, different: 1, trouble: 2 } as const;

/** Says how two images of this machine differ; the exit status says whether they do. */
export async function compare(
  line: CommandLine,
  words: { readonly left: string; readonly right: string },
  options: CompareOptions,
): Promise<number> {
  const client = await openClient(line);
  const here = { id: localHostId, workingFolder: line.workingFolder };
  const left = { hostId: localHostId, path: await imageFromArgument(client, here, words.left) };
  const right = { hostId: localHostId, path: await imageFromArgument(client, here, words.right) };
  let taskId: TaskId;
  try {
    ({ taskId } = await client.compare.start({ left, right }));
  } catch (thrown) {
    const report = reportOfFailure(thrown);
    writeFailure(options.json === true ? line.stdout : line.stderr, report, options);
    return notDifferent(exitStatusOf(report.code));
  }
  const task = await followTask(line, client, taskId, options);
  if (task.status.state === 'succeeded') return await writeResult(line, client, taskId, options);
  const endWords = { done: () => '', cancelled: 'Cancelled. Nothing was left behind.' };
  return notDifferent(writeEnd(line, task, options, endWords));
}

function notDifferent(status: number): number {
  return status === exitStatus.failed ? compared.trouble : status;
}

async function writeResult(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  options: CompareOptions,
): Promise<number> {
  const comparison = await client.compare.result({ taskId });
  const isWhole = options.packages !== true && options.files !== true;
  const wantsPackages = isWhole || options.packages === true;
  const wantsFiles = isWhole || options.files === true;
  const { totals } = comparison;
  const differs = isWhole
    ? !comparison.isEqual
    : (wantsPackages && totals.packages > 0) ||
      (wantsFiles && totals.added + totals.removed + totals.changed > 0);
  if (options.json === true) {
    writeJson(line.stdout, {
      ...comparison,
      ...(wantsPackages ? { packages: await allPackages(client, taskId) } : {}),
      ...(wantsFiles ? { files: await allFiles(client, taskId) } : {}),
    });
  } else if (isWhole) line.stdout.write((await client.compare.text({ taskId })).text);
  else {
    if (wantsPackages)
      for (const row of await allPackages(client, taskId)) line.stdout.write(`${packageLine(row)}\n`);
    if (wantsFiles) for (const row of await allFiles(client, taskId)) line.stdout.write(`${fileLine(row)}\n`);
    for (const note of comparison.notes) line.stderr.write(`${visibleLine(note)}\n`);
    if (comparison.filesNotCompared !== null)
      line.stderr.write(
        `Files and packages were not compared: ${visibleLine(comparison.filesNotCompared)}.\n`,
      );
  }
  if (differs) return compared.different;
  return comparison.filesNotCompared === null ? compared.equal : compared.trouble;
}

async function allFiles(client: Client, taskId: TaskId): Promise<readonly FileDifference[]> {
  return await allRows((page) => client.compare.files({ taskId, filter: '', page }));
}

async function allPackages(client: Client, taskId: TaskId): Promise<readonly PackageDifference[]> {
  return await allRows((page) => client.compare.packages({ taskId, filter: '', page }));
}

async function allRows<Row>(
  read: (page: number) => Promise<{ readonly rows: readonly Row[]; readonly matching: number }>,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (let page = 0; ; page += 1) {
    const { rows, matching } = await read(page);
    for (const row of rows) all.push(row);
    if (rows.length === 0 || all.length >= matching) return all;
  }
}
