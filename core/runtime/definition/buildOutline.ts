import { argumentDefaultsOf, argumentValue, type BuildArguments, placeholdersOf } from './buildArguments.ts';
import { type DefinitionDocument, headerOf, type Section, sectionsOf } from './definitionDocument.ts';
import { filesOrigin, filesWordsOf } from './filesEntries.ts';
import { parseDefinition } from './parseDefinition.ts';
import { placesIn, trimSpace } from './sourceText.ts';

/** A base of a stage. */
interface DefinitionBase {
  /** In lower case, for comparing; the runtime wants its agents in lower case. */
  readonly agent: string;
  /** Empty where there is none. */
  readonly from: string;
  /** 1-based line of `From:`; that of `Bootstrap:` where there is none. */
  readonly line: number;
}

/** A source of `%files` on the machine that builds. */
interface FileSource {
  readonly source: string;
  /** Null: the same path in the image. */
  readonly destination: string | null;
  readonly line: number;
}

/** What a build needs to know of a definition without understanding its scripts. */
export interface BuildOutline {
  readonly bases: readonly DefinitionBase[];
  /** Of every `%files` (and `%appfiles`) that does not copy from another stage. */
  readonly fileSources: readonly FileSource[];
  /** Of all stages, in their order. */
  readonly sections: readonly Section[];
}

/** Text of a definition file, and values of build arguments → its outline, lines as in the text. Never fails. */
export function buildOutline(text: string, given: BuildArguments): BuildOutline {
  const document = parseDefinition(withArguments(parseDefinition(text), given));
  const places = placesIn(document.lines);
  const bases = document.stages.flatMap((stage): readonly DefinitionBase[] => {
    const agent = headerOf(stage, 'bootstrap');
    if (agent === null) return [];
    const from = headerOf(stage, 'from');
    return [
      {
        agent: agent.value.toLowerCase(),
        from: from?.value ?? '',
        line: places.lineAt((from ?? agent).from),
      },
    ];
  });
  const sections = document.stages.flatMap((stage) => stage.sections);
  const fileSources = document.stages.flatMap((stage) => [
    ...sectionsOf(stage, 'files').flatMap((section) =>
      filesOrigin(section).kind === 'host' ? sourcesOf(section) : [],
    ),
    ...sectionsOf(stage, 'appfiles').flatMap(appSourcesOf),
  ]);
  return { bases, sections, fileSources: fileSources.toSorted((one, other) => one.line - other.line) };
}

/**
 * The text with `{{ name }}` replaced, each stage by what is given and by its own %arguments, as far as values are known.
 * Values have one line each, so that lines stay where they are.
 */
export function withArguments(document: DefinitionDocument, given: BuildArguments): string {
  let text = '';
  let at = 0;
  for (const stage of document.stages) {
    const { defaults } = argumentDefaultsOf(stage);
    for (const place of placeholdersOf(document, stage)) {
      const value = place.isSkipped ? null : argumentValue(place.name, given, defaults);
      if (value === null) continue;
      text += document.text.slice(at, place.from) + value;
      at = place.to;
    }
  }
  return text + document.text.slice(at);
}

/** The first two words of a line count. Source: pkg/build/types/parser/deffile.go. */
function sourcesOf({ body }: Section): readonly FileSource[] {
  return body.flatMap((line) => {
    const [source, destination] = filesWordsOf(line).map(({ text }) => text.replaceAll(/^"+|"+$/g, ''));
    if (source === undefined || source === '') return [];
    return [{ source, destination: destination ?? null, line: line.number }];
  });
}

/** No quotes here: the first space divides, a `#` cuts. Source: internal/pkg/build/apps/apps.go. */
function appSourcesOf({ body }: Section): readonly FileSource[] {
  return body.flatMap((line) => {
    const text = trimSpace(trimSpace(line.text).split('#')[0] ?? '');
    if (text === '') return [];
    const space = text.indexOf(' ');
    return [
      {
        source: space < 0 ? text : text.slice(0, space),
        destination: space < 0 ? null : text.slice(space + 1),
        line: line.number,
      },
    ];
  });
}
