import { readLine, withBootstrap } from './pastedTextLine.ts';
import { readWebPage } from './pastedTextPage.ts';
import type { PastedExplanation, PastedNote, PastedPart, PastedText } from './pastedTextParts.ts';
import { isFilePath, isPlausibleName, libraryHost, normaliseReference } from './pastedTextReference.ts';
import { splitCommands } from './pastedTextWords.ts';

export type { PastedExplanation, PastedNote, PastedText, PastedWarning } from './pastedTextParts.ts';

export interface PastedTextOptions {
  /** Server that `library://` without one means. SingularityCE's by default; Apptainer has none. */
  readonly library?: string;
}

/** More than this is no reference, and not looked at. */
export const maximumPastedLength = 4096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/**
 * Whatever a person pastes to name an image → what works here, and what to say about it. Bare names, references of any
 * scheme, web pages of registries, lines for docker, podman, Singularity, Apptainer and their like, lines of Dockerfiles
 * and definitions. Nothing of it is executed or expanded; texts over 4096 characters are refused.
 */
export function recognisePastedText(text: string, options: PastedTextOptions = {}): PastedText {
  if (text.length > maximumPastedLength) return nothing('tooLong');
  const clean = typographyUndone(text).trim();
  if (clean === '') return nothing(null);
  if (controlCharacter.test(clean)) return nothing('control');
  const library = options.library ?? libraryHost;
  const bare = clean.replace(/^(["'`<])(.*)(["'`>])$/s, '$2').trim();
  if (!/\s/.test(bare)) return finish(readBare(bare), library);
  const commands = splitCommands(clean);
  if (!commands.ok) return nothing('openLine');
  const found = withBootstrap(commands.commands).flatMap(
    (words) => readLine(words) ?? readWordsAsNames(words),
  );
  const images = found.filter((part) => part.reference !== null);
  const references = [
    ...new Set(images.map((part) => normaliseReference(part.reference ?? '', library).reference)),
  ];
  const [first] = images;
  if (first === undefined) {
    const told = found.find((part) => part.explanation !== undefined);
    if (told !== undefined) return finish(told, library);
    // A reference with a blank in it is one that is written wrong: its grammar says how.
    return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\n]*$/.test(clean)
      ? finish({ reference: clean }, library)
      : nothing('notUnderstood');
  }
  if (references.length === 1) return finish(first, library);
  return {
    ...emptyText,
    kind: 'several',
    references,
    explanation: { code: 'several', facts: { count: String(references.length) } },
  };
}

const emptyText: PastedText = {
  kind: 'nothing',
  reference: null,
  references: [],
  form: 'sif',
  architecture: null,
  fileName: null,
  folder: null,
  allowHttp: false,
  explanation: null,
  warnings: [],
};

function nothing(code: PastedExplanation | null): PastedText {
  return { ...emptyText, explanation: code === null ? null : { code, facts: {} } };
}

/** One word: a path, a page, a reference, or a name. */
function readBare(text: string): PastedPart {
  if (isFilePath(text)) return { reference: text.replace(/^file:\/\//, ''), isFile: true };
  const page = readWebPage(text);
  if (page !== null) return page;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) return { reference: text };
  return { reference: `docker://${text}`, explanation: { code: 'shortName', facts: {} } };
}

/** A line that no program begins: a list of references is one, a sentence is not. */
function readWordsAsNames(words: readonly string[]): readonly PastedPart[] {
  const isList = words.every(
    (word) =>
      /^[a-z0-9+]+:\/\//i.test(word) || isFilePath(word) || (isPlausibleName(word) && /[/:]/.test(word)),
  );
  return isList ? words.map(readBare) : [];
}

function finish(part: PastedPart, library: string): PastedText {
  const { reference } = part;
  const shared = {
    ...emptyText,
    form: part.form ?? 'sif',
    architecture: part.architecture ?? null,
    fileName: part.fileName ?? null,
    folder: part.folder ?? null,
    allowHttp: part.allowHttp ?? false,
  };
  const warnings = (part.warnings ?? []).map((code) => ({ code, facts: {} }));
  if (reference === null) return { ...shared, warnings, explanation: part.explanation ?? null };
  if (part.isFile === true) {
    return {
      ...shared,
      kind: 'file',
      reference,
      references: [reference],
      explanation: part.explanation ?? null,
      warnings,
    };
  }
  const normal = normaliseReference(reference, library);
  return {
    ...shared,
    kind: 'reference',
    reference: normal.reference,
    references: [normal.reference],
    fileName: shared.fileName ?? normal.fileName,
    // What no longer works as it did is said before how the text was read.
    explanation: strongest(part.explanation, normal.explanation),
    warnings: [...warnings, ...normal.warnings],
  };
}

const readings: ReadonlySet<PastedExplanation> = new Set(['command', 'webPage', 'shortName', 'fileLine']);

function strongest(read: PastedNote | undefined, normal: PastedNote | null): PastedNote | null {
  if (read === undefined) return normal;
  return normal !== null && readings.has(read.code) ? normal : read;
}

/** Quotes, dashes and spaces as a keyboard gives them: text from a paper or a slide has others. */
function typographyUndone(text: string): string {
  return text
    .replace(/[\u201c\u201d\u201e]/g, '"')
    .replace(/[\u2018\u2019\u201a]/g, "'")
    .replace(/(^|\s)[\u2013\u2014]+(?=[A-Za-z])/g, '$1--')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/\r\n?/g, '\n');
}
