import { type Checkpoint, checkpointsIn } from './checkpoints.ts';
import { type DefinitionDocument, headerOf, type Section, type Stage } from './definitionDocument.ts';
import { parseDefinition } from './parseDefinition.ts';
import { readShell } from './shellText.ts';
import { placesIn } from './sourceText.ts';

/** A place where `%post` of the last stage is cut. */
export interface Cut {
  readonly name: string;
  /** 1-based line of the marker. */
  readonly line: number;
}

/** A definition in parts, by its lines: part 0 begins with the base, each further one with what the one before made. */
export interface CutDefinition {
  /** One fewer than parts. */
  readonly cuts: readonly Cut[];
  /** What the last stage's own headers say: they are labels of the image. */
  readonly headers: Readonly<{ bootstrap: string; from: string | null }>;
  /** The runtime lays them out before %setup of the last part. */
  readonly hasApps: boolean;
  /** Why it is not cut although it has markers, in a sentence; null where it is cut, or has none. */
  readonly problem: string | null;
}

/** Sections that are words about the image: they are put in when its tree is whole. */
const finalSections = new Set(['environment', 'labels', 'runscript', 'startscript', 'test', 'help']);

/**
 * Text of a definition, with its build arguments in place → where it is cut: at the markers of `%post` of the last stage
 * that have a name of their own and stand where a script can be cut.
 */
export function cutDefinition(text: string): CutDefinition {
  const document = parseDefinition(text);
  const stage = document.stages.at(-1);
  const bootstrap = stage === undefined ? null : headerOf(stage, 'bootstrap');
  const none = { cuts: [], headers: { bootstrap: '', from: null }, hasApps: false, problem: null };
  if (stage === undefined || bootstrap === null || document.problems.length > 0) return none;
  const headers = { bootstrap: bootstrap.value, from: headerOf(stage, 'from')?.value ?? null };
  const places = placesIn(document.lines);
  const names = new Set<string>();
  const cuts: Cut[] = [];
  for (const section of postsOf(stage))
    for (const checkpoint of checkpointsIn(readShell(text, section.body))) {
      if (!isUsable(checkpoint) || names.has(checkpoint.name)) continue;
      names.add(checkpoint.name);
      cuts.push({ name: checkpoint.name, line: places.lineAt(checkpoint.from) });
    }
  const hasApps = stage.sections.some(({ name }) => name.startsWith('app'));
  const usesApps = postsOf(stage).some(({ body }) => body.some((line) => line.text.includes('/scif')));
  if (cuts.length > 0 && hasApps && usesApps)
    return {
      ...none,
      problem: 'Checkpoints are not used: %post works on the apps, which are laid out with the last part.',
    };
  return { cuts: cuts.slice(0, mostCuts), headers, hasApps, problem: null };
}

/** More parts than this take longer to keep than they save; what is below belongs to the last one. */
const mostCuts = 32;

function isUsable({ name, canCut }: Checkpoint): boolean {
  return canCut && name !== '';
}

function postsOf(stage: Stage): readonly Section[] {
  return stage.sections.filter(({ name }) => name === 'post');
}

export interface PartOptions {
  readonly cuts: readonly Cut[];
  /** From 0; the last part is `cuts.length`. */
  readonly part: number;
}

/** What a part begins with. */
export interface PartBase {
  /** Path of an image; no `#` and no line break in it. */
  readonly from: string;
  /** The line of a %setup that puts the tree of the part before in the place of the image's; null where that is its own. */
  readonly setup: string | null;
}

/**
 * One part of a definition as a definition of its own: what belongs to others is blank, so that lines stay where they are.
 * Null for the base leaves the headers as they are.
 */
export function partOfDefinition(text: string, { cuts, part }: PartOptions, base: PartBase | null): string {
  const document = parseDefinition(text);
  const isKept = keptLines(document, { cuts, part });
  const headerLine = document.stages.at(-1)?.lines[0]?.number ?? 1;
  return document.lines
    .map(({ number, text: line }) => {
      if (base !== null && number === headerLine) return headerText(base);
      return isKept(number) ? line : '';
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Whether a line (1-based) is in none of the parts from `begin` on: it stands above the checkpoint that a build begins with. */
export function linesAbove(
  text: string,
  { cuts, begin }: { readonly cuts: readonly Cut[]; readonly begin: number },
): (line: number) => boolean {
  if (begin === 0) return () => false;
  const document = parseDefinition(text);
  const parts = [...cuts.keys(), cuts.length].slice(begin).map((part) => keptLines(document, { cuts, part }));
  return (line) => parts.every((isKept) => !isKept(line));
}

function headerText({ from, setup }: PartBase): string {
  const header = `Bootstrap: localimage\nFrom: ${from}`;
  return setup === null ? header : `${header}\n%setup\n    ${setup}`;
}

/** What a part is, for its key: its own lines alone, so that neither what is above it nor its place changes them. */
export function wordsOfPart(text: string, options: PartOptions): string {
  const document = parseDefinition(text);
  const isKept = keptLines(document, options);
  return document.lines
    .filter(({ number }) => isKept(number))
    .map(({ text: line }) => line)
    .join('\n');
}

function keptLines(document: DefinitionDocument, { cuts, part }: PartOptions): (line: number) => boolean {
  const last = document.stages.at(-1);
  const kept = new Set<number>();
  const from = cuts[part - 1]?.line ?? 0;
  const to = cuts[part]?.line ?? Number.POSITIVE_INFINITY;
  for (const stage of document.stages) {
    const inSections = new Set(
      stage.sections.flatMap(({ line, body }) => [line, ...body].map(({ number }) => number)),
    );
    const headerLines = stage.lines.filter(({ number }) => !inSections.has(number));
    // What is before the last stage, and its headers, are the beginning.
    if (part === 0) for (const { number } of headerLines) kept.add(number);
    for (const section of stage.sections) {
      const { line, body, name } = section;
      if (stage !== last) {
        if (part === 0) for (const { number } of [line, ...body]) kept.add(number);
      } else if (name === 'post') {
        kept.add(line.number);
        for (const { number } of body) if (number > from && number < to) kept.add(number);
      } else if (belongsTo(name, { part, isLast: part === cuts.length }))
        for (const { number } of [line, ...body]) kept.add(number);
    }
  }
  return (line) => kept.has(line);
}

function belongsTo(name: string, { part, isLast }: { part: number; isLast: boolean }): boolean {
  // Its values are in place already.
  if (name === 'arguments') return false;
  return finalSections.has(name) || name.startsWith('app') ? isLast : part === 0;
}
