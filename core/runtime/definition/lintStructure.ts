import { type DefinitionDocument, headerOf, type Section } from './definitionDocument.ts';
import { definitionWords } from './definitionWords.ts';
import { closest, isShellSection, type LintContext, quoted, type StageView } from './lintContext.ts';
import { isSectionLine } from './sourceText.ts';

const sectionNames = new Set(definitionWords.sections.map(({ name }) => name));
const appNames = new Set(definitionWords.sections.flatMap(({ name, isApp }) => (isApp ? [name] : [])));
const invalidSections = 'invalid section(s) specified';

/** Stages and section lines: what the file is made of. */
export function lintStructure(context: LintContext): void {
  const { document, stages, add } = context;
  if (stages.length === 0)
    add({
      code: 'file.empty',
      severity: 'error',
      at: { from: 0, to: 0 },
      message: 'There is no definition in this file.',
      detail: 'Begin with “Bootstrap:”, which says where the base comes from.',
      refusal: 'no stages found in definition file',
    });
  const isInside = createHereDocumentTest(context);
  for (const view of stages) {
    lintBeginning(context, view);
    if (view.index > 0) lintNewStage(context, view, isInside);
    for (const section of view.stage.sections)
      lintSectionLine(context, section, isInside(section.line.number));
    lintRepeated(context, view.stage.sections);
    lintIndentedBootstrap(context, view);
  }
  if (document.text.includes('\0'))
    add({
      code: 'file.zeroByte',
      severity: 'warning',
      at: { from: document.text.indexOf('\0'), to: document.text.indexOf('\0') + 1 },
      message: 'There is a zero byte here.',
      detail: 'The file is hardly a text. Shells stop at such a byte or drop it.',
    });
}

/** A part with sections or headers, and no bootstrap. */
function lintBeginning({ add }: LintContext, { stage }: StageView): void {
  if (headerOf(stage, 'bootstrap') !== null || stage.headers[0]?.name.startsWith('\ufeff') === true) return;
  const first = stage.sections[0];
  if (stage.headers.length === 0 && first !== undefined) {
    const isAlone = first.line === stage.lines[0] && first.body.every(({ text }) => text.trim() === '');
    add({
      code: 'stage.noHeader',
      severity: 'error',
      at: { from: first.nameFrom, to: first.line.to },
      message: 'This section stands before “Bootstrap:”.',
      detail: 'A definition begins with its headers: “Bootstrap:” and what the agent needs. Sections follow.',
      refusal: isAlone ? 'could not be split into section name and body' : 'all must have headers',
    });
  } else if (stage.headers.length > 0) {
    const header = stage.headers[0];
    add({
      code: 'bootstrap.missing',
      severity: 'error',
      at: { from: header?.from ?? stage.from, to: header?.to ?? stage.to },
      message: 'These headers stand before “Bootstrap:”.',
      detail: '“Bootstrap:” begins a stage and must be the first of its headers.',
      refusal: 'no bootstrap specification found',
    });
  }
}

function lintNewStage(
  { add, stages }: LintContext,
  { stage, index }: StageView,
  isInside: (line: number) => boolean,
): void {
  const header = headerOf(stage, 'bootstrap');
  const line = stage.lines[0];
  const previous = stages[index - 1];
  if (line === undefined || header === null || previous === undefined) return;
  const at = { from: line.from, to: line.to };
  if (isInside(line.number))
    add({
      code: 'stage.inHereDocument',
      severity: 'warning',
      at,
      message: '“Bootstrap:” at the left edge begins a new stage, also inside a here-document.',
      detail: 'What stands above it is another image. Indent the line, or copy the text with %files.',
      fix: { title: 'Indent the line', edits: [{ from: line.from, to: line.from, text: '  ' }] },
    });
  else if (headerOf(previous.stage, 'stage') === null)
    add({
      code: 'stage.lost',
      severity: 'warning',
      at,
      message: '“Bootstrap:” begins a new stage here, and nothing of the one above gets into the image.',
      detail:
        'Files are taken from a stage by its name, and the one above has none. Give it a “Stage:” header, or indent this line if it is not meant as a header.',
    });
}

function lintSectionLine({ add }: LintContext, section: Section, isInside: boolean): void {
  const { name, line } = section;
  const at = { from: section.nameFrom, to: section.nameTo };
  const isApp = appNames.has(name);
  const isWritten = !isApp || section.writtenName.replace(/^%+/, '').startsWith(name);
  if (sectionNames.has(name) && isWritten) {
    if (isInside)
      add({
        code: 'section.inHereDocument',
        severity: 'warning',
        at,
        message: `This line begins the section %${name}, also inside a here-document.`,
        detail:
          'A “%” at the start of a line ends the section above. Copy the text with %files in place of a here-document.',
      });
    if (isApp && section.argument === null)
      add({
        code: 'section.appNoName',
        severity: 'error',
        at,
        message: `%${name} needs the name of its app.`,
        detail: `Write it after one space: “%${name} NAME”.`,
        refusal: 'could not be split into section name and app name',
      });
    return;
  }
  const bare = section.writtenName.replace(/^%+/, '');
  const lower = bare.toLowerCase();
  const isIndented = name === '' && at.from > line.from && sectionNames.has(lower);
  const tab = /^%+([A-Za-z]+)\t/.exec(line.text)?.[1]?.toLowerCase();
  if (tab !== undefined && sectionNames.has(tab)) {
    const tabAt = line.from + line.text.indexOf('\t');
    add({
      code: 'section.tab',
      severity: 'error',
      at: { from: at.from, to: tabAt + 1 },
      message: `A tab after %${tab} becomes a part of its name.`,
      detail: 'The name of a section ends at a space, or with the line.',
      fix: { title: 'Write a space', edits: [{ from: tabAt, to: tabAt + 1, text: ' ' }] },
      refusal: invalidSections,
    });
  } else if (isApp)
    add({
      code: 'section.appCase',
      severity: 'error',
      at,
      message: `%${name} is written in lower case.`,
      detail: 'Other sections may be written in any case; those of apps may not.',
      fix: { title: `Change to “%${name}”`, edits: [{ ...at, text: `%${name}` }] },
      refusal: invalidSections,
    });
  else if (isInside)
    add({
      code: 'section.inHereDocument',
      severity: 'error',
      at: { from: at.from, to: line.to },
      message: `${quoted(section.writtenName)} at the start of a line begins a section, also inside a here-document.`,
      detail:
        'The runtime does not read shell: every line whose first word begins with “%” ends the section. Copy the text with %files, or write it with printf.',
      refusal: invalidSections,
    });
  else if (isIndented)
    add({
      code: 'section.indented',
      severity: 'error',
      at: { from: line.from, to: at.to },
      message: `%${lower} must stand at the left edge.`,
      detail: 'An indented line ends the section above, and then has no name for the runtime.',
      fix: { title: 'Remove the indentation', edits: [{ from: line.from, to: at.from, text: '' }] },
      refusal: invalidSections,
    });
  else {
    const meant = closest(lower, sectionNames);
    add({
      code: 'section.unknown',
      severity: 'error',
      at,
      message: `There is no section ${quoted(section.writtenName)}.`,
      detail:
        meant === null
          ? 'Every line whose first word begins with “%” begins a section, in scripts and texts, too. Write such a line differently, or copy the text with %files.'
          : `Did you mean “%${meant}”?`,
      fix:
        meant === null
          ? null
          : { title: `Change to “%${meant}”`, edits: [{ from: line.from, to: at.to, text: `%${meant}` }] },
      refusal: invalidSections,
    });
  }
}

function lintRepeated({ add }: LintContext, sections: readonly Section[]): void {
  const seen = new Map<string, Section>();
  for (const section of sections) {
    if (section.name === '' || section.name === 'files' || !sectionNames.has(section.name)) continue;
    const key = appNames.has(section.name)
      ? `${section.name} ${(section.argument ?? '').split(' ')[0] ?? ''}`
      : section.name;
    const before = seen.get(key);
    seen.set(key, section);
    if (before !== undefined)
      add({
        code: 'section.repeated',
        severity: 'hint',
        at: { from: section.nameFrom, to: section.nameTo },
        message: `%${section.name} stands here again; both count as one.`,
        detail:
          section.argument !== null && before.argument !== section.argument
            ? 'Their lines are joined, and what follows the name here counts for all of them.'
            : 'Their lines are joined in the order of the file.',
      });
  }
}

/** `  Bootstrap: docker` in a section: it was meant as a new stage, and is none. */
function lintIndentedBootstrap({ add, document }: LintContext, { stage }: StageView): void {
  if (!/^[ \t]+bootstrap:/im.test(document.text.slice(stage.from, stage.to))) return;
  for (const { body, name } of stage.sections) {
    if (name === 'help') continue;
    for (const line of body) {
      const found = /^([ \t]+)bootstrap:[ \t]*([a-z-]+)[ \t]*$/i.exec(line.text);
      const agent = found?.[2]?.toLowerCase();
      if (found !== null && definitionWords.agents.some((word) => word.name === agent))
        add({
          code: 'stage.indented',
          severity: 'warning',
          at: { from: line.from, to: line.to },
          message: 'An indented “Bootstrap:” does not begin a stage.',
          detail: `It belongs to %${name} as it stands. Move it to the left edge if a stage is meant.`,
          fix: {
            title: 'Remove the indentation',
            edits: [{ from: line.from, to: line.from + (found[1]?.length ?? 0), text: '' }],
          },
        });
    }
  }
}

/** A file with more here-documents that are cut than this has other troubles. */
const mostCuts = 100;

/**
 * Says of a line whether it was written as text of a here-document that a section line above it cut: the word that ends
 * the here-document stands further down.
 */
function createHereDocumentTest(context: LintContext): (line: number) => boolean {
  const inside: { readonly from: number; readonly to: number }[] = [];
  let ends: ReadonlyMap<string, readonly number[]> | null = null;
  for (const { stage } of context.stages)
    for (const section of stage.sections) {
      if (inside.length >= mostCuts || !isShellSection(section)) continue;
      const open = context.script(section).openHereDocument;
      if (open === null) continue;
      const last = section.body.at(-1)?.number ?? section.line.number;
      ends ??= linesByText(context.document);
      const end = firstAfter(ends.get(open.delimiter) ?? [], last);
      if (end !== null) inside.push({ from: last, to: end });
      else
        context.add({
          code: 'shell.openHereDocument',
          severity: 'warning',
          at: open,
          message: `This here-document never ends: no line is just ${quoted(open.delimiter)}.`,
          detail:
            'The word that ends it must stand alone on its line, without indentation (with “<<-” after tabs only).',
        });
    }
  return (line) => inside.some(({ from, to }) => line > from && line < to);
}

function linesByText({ lines }: DefinitionDocument): ReadonlyMap<string, readonly number[]> {
  const byText = new Map<string, number[]>();
  for (const { text, number } of lines) {
    if (isSectionLine(text)) continue;
    const key = text.replace(/^\t+/, '');
    const known = byText.get(key);
    if (known === undefined) byText.set(key, [number]);
    else known.push(number);
  }
  return byText;
}

function firstAfter(sorted: readonly number[], limit: number): number | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return sorted[low] ?? null;
}
