import { createPatch } from 'diff';
import type { ComparisonSide, TextDifference } from '#core/contract/compare.ts';
import { fileLine, packageLine, visibleLine } from '#core/contract/comparisonLines.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { WholeComparison } from './compareImages.ts';

/** The text ends when it is longer than this. */
const longestText = 8 * 1024 * 1024;
/** Texts that differ in more lines than this are shown whole, old and new: finding the shortest difference would take long. */
const mostEdits = 2000;
/** A comparison as text: sections of lines that begin with `-` (left only), `+` (right only) or `~` (changed). */
export function comparisonText({ comparison, files, packages }: WholeComparison): string {
  const lines = createLines();
  lines.add(sideLine('---', comparison.left), sideLine('+++', comparison.right));
  if (comparison.isEqual) lines.section('Result', ['Nothing that was compared differs.']);
  lines.section('Labels', comparison.labels.flatMap(labelLines));
  for (const text of comparison.texts) lines.section(textTitle(text), textLines(text));
  lines.section(`Packages (${packages.length})`, packages.map(packageLine));
  const { totals } = comparison;
  lines.section(
    `Files (${totals.added} added, ${totals.removed} removed, ${totals.changed} changed, ${totals.same} the same)`,
    files.map(fileLine),
  );
  if (comparison.listedFiles < totals.added + totals.removed + totals.changed)
    lines.section('More files', [`Only the first ${comparison.listedFiles} are listed.`]);
  lines.section('Sizes', [
    `+ ${formatBytes(totals.addedBytes)} added`,
    `- ${formatBytes(totals.removedBytes)} removed`,
    `~ ${formatBytes(totals.changedBytes.left)} → ${formatBytes(totals.changedBytes.right)} changed`,
  ]);
  const notCompared =
    comparison.filesNotCompared === null
      ? []
      : [`Files and packages were not compared: ${comparison.filesNotCompared}.`];
  lines.section('Notes', [...notCompared, ...comparison.notes]);
  return lines.text();
}

function labelLines({ name, left, right }: WholeComparison['comparison']['labels'][number]): string[] {
  return [
    ...(left === null ? [] : [visibleLine(`- ${name}: ${left}`)]),
    ...(right === null ? [] : [visibleLine(`+ ${name}: ${right}`)]),
  ];
}

function textTitle({ part, file }: TextDifference): string {
  const title = `${part.charAt(0).toUpperCase()}${part.slice(1)}`;
  return file === null ? title : `${title} ${file}`;
}

function textLines({ left, right }: TextDifference): string[] {
  const patch = createPatch('text', left ?? '', right ?? '', undefined, undefined, {
    context: 3,
    maxEditLength: mostEdits,
  });
  if (patch === undefined) return [...whole('-', left), ...whole('+', right)];
  // Its first four lines name files, which this has already.
  const lines = patch.split('\n').slice(4);
  return lines.filter((line) => line !== '').map(visibleLine);
}

function whole(sign: string, text: string | null): string[] {
  return text === null
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => visibleLine(`${sign}${line}`));
}

function sideLine(sign: string, { path, format, sizeBytes }: ComparisonSide): string {
  return visibleLine(`${sign} ${path} (${format}${sizeBytes === null ? '' : `, ${formatBytes(sizeBytes)}`})`);
}

function createLines() {
  const all: string[] = [];
  let length = 0;
  let isCut = false;
  const add = (...lines: readonly string[]) => {
    for (const line of lines) {
      if (isCut) return;
      length += line.length + 1;
      isCut = length > longestText;
      all.push(isCut ? 'The text is cut here: it would be too long.' : line);
    }
  };
  return {
    add,
    section: (title: string, lines: readonly string[]) => {
      if (lines.length > 0) add('', visibleLine(`# ${title}`), ...lines);
    },
    text: () => `${all.join('\n')}\n`,
  };
}
