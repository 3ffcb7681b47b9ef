/** A section of a definition file: its name in lower case, what stands behind the name, and its body. */
export interface DefinitionSection {
  readonly name: string;
  readonly argument: string;
  /** 1-based line of the first line of the body. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** A base of a stage. */
export interface DefinitionBase {
  /** Lower case, for comparing; the runtime wants its agents in lower case. */
  readonly agent: string;
  readonly from: string;
  /** 1-based line of `From:`; that of `Bootstrap:` where there is none. */
  readonly line: number;
}

/** What a build needs to know of a definition without understanding its scripts. */
export interface DefinitionOutline {
  readonly bases: readonly DefinitionBase[];
  readonly sections: readonly DefinitionSection[];
}

/**
 * Sections and bases of a definition file, as the runtime divides it: a stage begins at `Bootstrap:` in the first column,
 * a section at a line whose first word begins with `%`. Source: pkg/build/types/parser/deffile.go.
 */
export function outlineDefinition(text: string): DefinitionOutline {
  const bases: { agent: string; from: string; line: number }[] = [];
  const sections: { name: string; argument: string; firstLine: number; lines: string[] }[] = [];
  let section: (typeof sections)[number] | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    const opening = /^\s*%(\S+)[ \t]*(.*)$/.exec(line);
    const bootstrap = /^bootstrap:\s*([^#\s]*)/i.exec(line);
    if (bootstrap !== null) {
      section = null;
      bases.push({ agent: (bootstrap[1] ?? '').toLowerCase(), from: '', line: index + 1 });
    } else if (opening !== null) {
      section = {
        name: (opening[1] ?? '').toLowerCase(),
        argument: (opening[2] ?? '').trim(),
        firstLine: index + 2,
        lines: [],
      };
      sections.push(section);
    } else if (section !== null) section.lines.push(line);
    else readHeaderLine(line, index + 1, bases.at(-1));
  }
  return { bases, sections };
}

function readHeaderLine(
  line: string,
  number: number,
  base: { from: string; line: number } | undefined,
): void {
  const from = /^\s*from:\s*([^#]*)/i.exec(line)?.[1]?.trim();
  if (from === undefined || base === undefined) return;
  base.from = from;
  base.line = number;
}

/** A source of `%files` on the machine that builds. */
export interface FileSource {
  readonly source: string;
  /** Null: the same path in the image. */
  readonly destination: string | null;
  readonly line: number;
}

/** Sources of every `%files` (and `%appfiles`) that does not copy from another stage: the first two words of a line count. */
export function fileSourcesOf(outline: DefinitionOutline): readonly FileSource[] {
  const sources: FileSource[] = [];
  for (const { name, argument, firstLine, lines } of outline.sections) {
    if (name !== 'files' && name !== 'appfiles') continue;
    if (name === 'files' && /^from\s/i.test(argument)) continue;
    for (const [index, line] of lines.entries()) {
      const [source, destination] = wordsOf(line);
      if (source === undefined || source.startsWith('#')) continue;
      sources.push({ source, destination: destination ?? null, line: firstLine + index });
    }
  }
  return sources;
}

/** Words of a line, with double quotes and backslashes as the runtime reads them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|((?:[^\s"\\]|\\.)+)/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replaceAll(/\\(.)/g, '$1'),
  );
}

/**
 * The text with `{{ name }}` replaced, as far as values are known: those given, then those of %arguments. What a line has
 * behind `#` is left alone. Source: internal/pkg/build/args/reader.go.
 */
export function withArguments(text: string, given: ReadonlyMap<string, string>): string {
  const values = new Map(given);
  for (const { name, lines } of outlineDefinition(text).sections) {
    if (name !== 'arguments') continue;
    for (const line of lines) {
      const pair = /^\s*(\w+)\s*=(.*)$/.exec(line);
      if (pair?.[1] !== undefined && !values.has(pair[1])) values.set(pair[1], (pair[2] ?? '').trim());
    }
  }
  return text
    .split('\n')
    .map((line) =>
      line.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string, at: number) =>
        /#[^!]/.test(line.slice(0, at)) ? whole : (values.get(name) ?? whole),
      ),
    )
    .join('\n');
}
