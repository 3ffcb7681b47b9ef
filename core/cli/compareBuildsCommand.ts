import { createPatch } from 'diff';
import { type BuildComparison, type BuildFactPair, compareBuilds } from '#core/contract/buildComparison.ts';
import type { BuildRecord } from '#core/contract/builds.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { printable, printableLines, table } from './printable.ts';

/** Definitions that differ in more lines than this are shown whole, old and new. */
const mostEdits = 2000;

/** Two builds of the history side by side: facts, phases, and how the definitions differ. */
export async function writeBuildComparison(
  line: CommandLine,
  client: Client,
  ids: { readonly left: TaskId; readonly right: TaskId },
  options: CommonOptions,
): Promise<number> {
  const left = await client.builds.detail({ id: ids.left });
  const right = await client.builds.detail({ id: ids.right });
  const comparison = compareBuilds(left, right, Date.now());
  if (options.json === true) {
    const [one, other] = [left.definition.text, right.definition.text];
    writeJson(line.stdout, { ...ids, ...comparison, definition: { left: one, right: other } });
  } else line.stdout.write(comparisonText(comparison, left, right));
  return exitStatus.done;
}

function comparisonText({ facts, phases }: BuildComparison, left: BuildRecord, right: BuildRecord): string {
  const cell = (value: string | null) => (value === null ? '-' : printable(value));
  const seconds = (value: number | null) => (value === null ? '-' : formatDuration(value));
  const rows = [
    [' ', 'fact', left.id, right.id],
    ...facts.map((fact) => [fact.isSame ? ' ' : '~', nameOf(fact), cell(fact.left), cell(fact.right)]),
    ...phases.map((pair) => [' ', `phase ${pair.phase}`, seconds(pair.left), seconds(pair.right)]),
  ];
  return `${table(rows)}\n${definitionText(left.definition.text, right.definition.text)}`;
}

function nameOf({ name, detail }: BuildFactPair): string {
  return detail === '' ? name : `${name} ${detail}`;
}

function definitionText(left: string, right: string): string {
  if (left === right) return 'The definitions are the same.\n';
  const patch = createPatch('definition', left, right, undefined, undefined, {
    context: 3,
    maxEditLength: mostEdits,
  });
  if (patch !== undefined) return `${printableLines(patch.split('\n').slice(2).join('\n').trimEnd())}\n`;
  return [...left.split('\n').map((text) => `-${text}`), ...right.split('\n').map((text) => `+${text}`), '']
    .map(printableLines)
    .join('\n');
}
