import { type DefinitionDocument, type Stage, sectionsOf } from './definitionDocument.ts';
import { indentation, trimSpace } from './sourceText.ts';

/** Values of build arguments by name. */
export type BuildArguments = Readonly<Record<string, string>>;

/** A line `NAME=value` of `%arguments`. */
export interface ArgumentDefault {
  readonly name: string;
  readonly value: string;
  /** Offsets of the line without its indentation, and of the value. */
  readonly from: number;
  readonly to: number;
  readonly valueFrom: number;
}

/** `{{ name }}` in a text. */
export interface Placeholder {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The runtime leaves it as it is: a `#` stands before it on its line. */
  readonly isSkipped: boolean;
}

const placeholder = /\{\{[\t\n\f\r ]*(\w+)[\t\n\f\r ]*\}\}/g;
const comment = /#[^!]/;

/**
 * The placeholders of a stage, in order. One is skipped where, between the start of its line (or the placeholder before
 * it) and itself, a `#` is followed by anything but `!`, be it in a string or an address.
 * Source: apptainer internal/pkg/build/args/reader.go.
 */
export function placeholdersOf(document: DefinitionDocument, stage: Stage): readonly Placeholder[] {
  const text = document.text.slice(stage.from, stage.to);
  const found: Placeholder[] = [];
  if (!text.includes('{{')) return found;
  let after = 0;
  let lineStart = -1;
  let searched = 0;
  let wasSkipped = false;
  for (const match of text.matchAll(placeholder)) {
    const feed = text.slice(searched, match.index).lastIndexOf('\n');
    if (feed >= 0) lineStart = searched + feed;
    // What made the one before it a comment stands before this one, too, if no line ended between them.
    const isSkipped: boolean =
      (wasSkipped && feed < 0) || comment.test(text.slice(Math.max(lineStart, after), match.index));
    const end = match.index + match[0].length;
    found.push({ name: match[1] ?? '', from: stage.from + match.index, to: stage.from + end, isSkipped });
    if (!isSkipped) after = end;
    searched = match.index;
    wasSkipped = isSkipped;
  }
  return found;
}

/** The lines of `%arguments` of a stage; `malformed` are those that the runtime passes over with a warning. */
export function argumentDefaultsOf(stage: Stage): {
  readonly defaults: readonly ArgumentDefault[];
  readonly malformed: readonly { readonly from: number; readonly to: number }[];
} {
  const defaults: ArgumentDefault[] = [];
  const malformed: { from: number; to: number }[] = [];
  for (const line of sectionsOf(stage, 'arguments').flatMap(({ body }) => body)) {
    const text = trimSpace(line.text);
    if (text === '' || text.startsWith('#')) continue;
    const from = line.from + indentation(line.text);
    const to = from + text.length;
    const equals = text.indexOf('=');
    const name = trimSpace(text.slice(0, Math.max(equals, 0)));
    if (name === '') malformed.push({ from, to });
    else {
      const value = trimSpace(text.slice(equals + 1));
      defaults.push({ name, value, from, to, valueFrom: to - value.length });
    }
  }
  return { defaults, malformed };
}

/**
 * What the placeholders of a stage become: given values before defaults of the same stage, and placeholders within a
 * value are put in once more. Null where neither has the name.
 */
export function argumentValue(
  name: string,
  given: BuildArguments,
  defaults: readonly ArgumentDefault[],
): string | null {
  const plain = (key: string) =>
    Object.hasOwn(given, key)
      ? (given[key] ?? null)
      : (defaults.findLast((one) => one.name === key)?.value ?? null);
  const value = plain(name);
  return value === null
    ? null
    : value.replaceAll(placeholder, (written: string, inner: string) => plain(inner) ?? written);
}

/** A header's value with its placeholders put in where they are known. */
export function filledIn(value: string, given: BuildArguments, defaults: readonly ArgumentDefault[]): string {
  if (!value.includes('{{')) return value;
  return value.replaceAll(
    placeholder,
    (written: string, name: string) => argumentValue(name, given, defaults) ?? written,
  );
}
