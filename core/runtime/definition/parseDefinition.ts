import type { DefinitionDocument, Header, ParseProblem, Section, Stage } from './definitionDocument.ts';
import { indentation, isSectionLine, linesOf, type SourceLine, trimSpace } from './sourceText.ts';

/** The buffer that the runtime's scanner has for one section, in bytes. */
const scannerLimit = 65_536;

/**
 * Text of a definition file → its stages, headers and sections, with every quirk of the runtime's own parser, since
 * what it takes as a section is one whatever was meant. Never fails: what the runtime would give up on is in `problems`.
 * Source: apptainer pkg/build/types/parser/deffile.go (1.0–1.5; SingularityCE has the same), seen with Apptainer 1.4.5.
 */
export function parseDefinition(text: string): DefinitionDocument {
  const lines = linesOf(text);
  const problems: ParseProblem[] = [];
  const starts = lines.flatMap((line, index) => (startsStage(line.text) ? [index] : []));
  const bounds = [0, ...starts, lines.length];
  const stages: Stage[] = [];
  for (let part = 0; part + 1 < bounds.length; part += 1) {
    const own = lines.slice(bounds[part], bounds[part + 1]);
    if (own.length === 0) continue;
    const stage = parseStage(own, part > 0, problems);
    if (stage.hasBootstrap || saysSomething(stage)) stages.push(stage);
  }
  return { text, lines, stages, problems };
}

/** At the left edge alone, and wherever it stands: in a script, too. */
function startsStage(line: string): boolean {
  return /^bootstrap:/iu.test(line);
}

function parseStage(lines: readonly SourceLine[], hasBootstrap: boolean, problems: ParseProblem[]): Stage {
  const firstSection = lines.findIndex(({ text }) => isSectionLine(text));
  const headerLines = firstSection < 0 ? lines : lines.slice(0, firstSection);
  const sections: Section[] = [];
  const headers = parseHeaders(headerLines, problems);
  reportLength(headerLines, lines[headerLines.length] ?? null, 'header', problems);
  let at = headerLines.length;
  while (at < lines.length) {
    const line = lines[at];
    if (line === undefined) break;
    let end = at + 1;
    while (end < lines.length && !isSectionLine(lines[end]?.text ?? '')) end += 1;
    const section = parseSection(line, lines.slice(at + 1, end), at === 0);
    sections.push(section);
    reportLength(lines.slice(at, end), lines[end] ?? null, section.writtenName, problems);
    at = end;
  }
  const first = lines[0];
  const last = lines.at(-1);
  return { from: first?.from ?? 0, to: last?.to ?? 0, hasBootstrap, lines, headers, sections };
}

/** A part must fit in the scanner's buffer together with the whole line that ends it, or, at the end, with one byte free. */
function reportLength(
  part: readonly SourceLine[],
  next: SourceLine | null,
  name: string,
  problems: ParseProblem[],
): void {
  const first = part[0];
  if (first === undefined) return;
  let bytes = 0;
  for (const line of part) bytes += line.bytes;
  if (bytes + (next === null ? 1 : next.bytes) > scannerLimit)
    problems.push({ kind: 'tooLong', from: first.from, to: first.to, name });
}

/** `isFirst`: the very first part of a stage loses its indentation before it is looked at. */
function parseSection(line: SourceLine, body: readonly SourceLine[], isFirst: boolean): Section {
  const indented = indentation(line.text);
  const skipped = isFirst ? indented : 0;
  const taken = line.text.slice(skipped);
  const bare = taken.replace(/^%+/, '');
  const space = bare.indexOf(' ');
  const word = space < 0 ? bare : bare.slice(0, space);
  const written = /^\S+/.exec(line.text.slice(indented))?.[0] ?? '%';
  return {
    name: word.toLowerCase(),
    writtenName: written,
    line,
    nameFrom: line.from + indented,
    nameTo: line.from + indented + written.length,
    argument: space < 0 ? null : bare.slice(space + 1),
    body,
  };
}

interface Continued {
  readonly name: string;
  readonly value: string;
  readonly first: HeaderLine;
}

interface HeaderLine {
  readonly from: number;
  readonly nameFrom: number;
  readonly nameTo: number;
  readonly valueFrom: number;
  readonly valueTo: number;
  readonly commentFrom: number | null;
}

function parseHeaders(lines: readonly SourceLine[], problems: ParseProblem[]): readonly Header[] {
  const headers: Header[] = [];
  // The header is trimmed as a whole: a blank end does not break a continuation.
  const last = lines.findLastIndex(({ text }) => trimSpace(text) !== '');
  /** A line that ends with a backslash waits here, and its key stays even where its value is empty. */
  let pending: Continued | null = null;
  for (const line of lines.slice(0, last + 1)) {
    const text = trimSpace(line.text);
    if (text === '' || text.startsWith('#')) {
      if (pending !== null) {
        const { first, name } = pending;
        problems.push({ kind: 'brokenContinuation', from: first.from, to: first.valueTo, name });
        pending = null;
      }
      continue;
    }
    const parts = splitHeaderLine(line);
    const isContinued = pending !== null && pending.value !== '';
    if (!isContinued && parts.colon < 0) {
      problems.push({ kind: 'headerWithoutValue', from: parts.from, to: parts.to, text: parts.text });
      continue;
    }
    const name: string = isContinued && pending !== null ? pending.name : parts.name;
    const value: string =
      isContinued && pending !== null ? pending.value + trimSpace(parts.text) : parts.value;
    const first: HeaderLine = isContinued && pending !== null ? pending.first : parts;
    if (value.endsWith('\\')) {
      const open = value.slice(0, -1);
      pending = { name, value: open.endsWith('\\n') ? `${open.slice(0, -2)}\n` : open, first };
      continue;
    }
    if (isContinued) pending = null;
    const { nameFrom, nameTo, valueFrom, valueTo, commentFrom } = first;
    headers.push({
      name,
      value,
      from: first.from,
      to: line.to,
      nameFrom,
      nameTo,
      valueFrom,
      valueTo,
      commentFrom,
    });
  }
  if (pending !== null) {
    const { first, name } = pending;
    problems.push({ kind: 'unfinishedContinuation', from: first.from, to: first.valueTo, name });
  }
  return headers;
}

function splitHeaderLine(line: SourceLine) {
  const from = line.from + indentation(line.text);
  const trimmed = trimSpace(line.text);
  const hash = trimmed.indexOf('#');
  const text = hash < 0 ? trimmed : trimmed.slice(0, hash);
  const to = from + text.length;
  const colon = text.indexOf(':');
  const written = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const value = trimSpace(rest);
  const valueFrom = value === '' ? to : from + colon + 1 + indentation(rest);
  return {
    text,
    from,
    to,
    colon,
    name: trimSpace(written).toLowerCase(),
    nameFrom: from,
    nameTo: from + trimSpace(written).length,
    value,
    valueFrom,
    valueTo: valueFrom + value.length,
    commentFrom: hash < 0 ? null : from + hash,
  };
}

/** Whether a part without `Bootstrap:` has anything that the runtime counts as content; else it is passed over. */
function saysSomething({ headers, sections, lines }: Stage): boolean {
  if (headers.length > 0) return true;
  const only = sections[0];
  if (only === undefined) return lines.some(({ text }) => isKeyLine(text));
  return (
    sections.length > 1 ||
    only.name !== 'labels' ||
    only.argument !== null ||
    only.body.length === 0 ||
    only.body.some(({ text }) => isKeyLine(text))
  );
}

function isKeyLine(text: string): boolean {
  const trimmed = trimSpace(text);
  return trimmed !== '' && !trimmed.startsWith('#');
}
