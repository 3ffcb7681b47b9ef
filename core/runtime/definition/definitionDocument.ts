import type { SourceLine } from './sourceText.ts';

/** A header of a stage: `From: debian:12`. */
export interface Header {
  /** In lower case, as the runtime takes it. */
  readonly name: string;
  /** Without comment, with continued lines joined. Build arguments are not put in. */
  readonly value: string;
  /** Offsets: of the whole header, of its name, and of what is written as value on its first line. */
  readonly from: number;
  readonly to: number;
  readonly nameFrom: number;
  readonly nameTo: number;
  readonly valueFrom: number;
  readonly valueTo: number;
  /** Offset of a `#` that cuts the line; null where none does. */
  readonly commentFrom: number | null;
}

/** A section: from its `%` line to the next one, or to the end of the stage. */
export interface Section {
  /** In lower case, without `%`: what the runtime looks up. Empty for an indented line. */
  readonly name: string;
  /** The first word of the line as it is written, with its `%`. */
  readonly writtenName: string;
  readonly line: SourceLine;
  readonly nameFrom: number;
  readonly nameTo: number;
  /** What follows the first space of the line; null without one. */
  readonly argument: string | null;
  readonly body: readonly SourceLine[];
}

export interface Stage {
  /** Of all its lines. */
  readonly from: number;
  readonly to: number;
  /** It begins with a line `Bootstrap:` at the left edge; only what stands before the first such line does not. */
  readonly hasBootstrap: boolean;
  readonly lines: readonly SourceLine[];
  readonly headers: readonly Header[];
  readonly sections: readonly Section[];
}

/** Why the runtime's parser gives up, or loses something, while it takes a file apart. */
export type ParseProblem =
  | { readonly kind: 'headerWithoutValue'; readonly from: number; readonly to: number; readonly text: string }
  | {
      readonly kind: 'brokenContinuation' | 'unfinishedContinuation';
      readonly from: number;
      readonly to: number;
      readonly name: string;
    }
  | { readonly kind: 'tooLong'; readonly from: number; readonly to: number; readonly name: string };

/** A definition file, taken apart as the runtime does. */
export interface DefinitionDocument {
  readonly text: string;
  readonly lines: readonly SourceLine[];
  /** Without a leading part that says nothing. */
  readonly stages: readonly Stage[];
  readonly problems: readonly ParseProblem[];
}

/** The value of a header; the last one wins. Null when the stage has none. */
export function headerOf(stage: Stage, name: string): Header | null {
  return stage.headers.findLast((header) => header.name === name) ?? null;
}

/** The sections of a stage with one name, in order: their bodies count as one. */
export function sectionsOf(stage: Stage, name: string): readonly Section[] {
  return stage.sections.filter((section) => section.name === name);
}
