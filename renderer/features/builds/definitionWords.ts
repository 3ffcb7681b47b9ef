import type { DefinitionWords, Outline } from '#core/contract/definitions.ts';

/** Where in a definition file a place is: in the headers of a stage, or in a section. */
export interface DefinitionPlace {
  /** Name of the section in lower case; null in the headers. */
  readonly section: string | null;
  /** Value of the stage's `Bootstrap:`; null where there is none above. */
  readonly agent: string | null;
  /** Headers of the stage that stand above, in lower case. */
  readonly headers: ReadonlySet<string>;
}

const sectionLine = /^%([A-Za-z]\w*)/;
const headerLine = /^\s*(\w+)\s*:\s*(.*)$/;

/** The place after a text, as the runtime reads it: `%` at the left edge begins a section, `Bootstrap:` there a stage. */
export function placeAfter(textBefore: string): DefinitionPlace {
  let section: string | null = null;
  let agent: string | null = null;
  let headers = new Set<string>();
  for (const line of textBefore.split('\n')) {
    const name = sectionLine.exec(line)?.[1];
    if (name !== undefined) {
      section = name.toLowerCase();
      continue;
    }
    const isStage = /^bootstrap\s*:/i.test(line);
    if (isStage) {
      section = null;
      headers = new Set();
    }
    if (section !== null) continue;
    const header = headerLine.exec(line);
    if (header?.[1] === undefined) continue;
    headers.add(header[1].toLowerCase());
    if (isStage) agent = header[2]?.trim() ?? '';
  }
  return { section, agent, headers };
}

/** A word that can be put at the cursor. */
export interface Offer {
  readonly label: string;
  readonly detail: string;
  readonly documentation: string;
  /** What is put in, where that is more than the label. */
  readonly insert: string;
  /** Higher ones come first. */
  readonly rank: number;
}

export interface Offers {
  /** Characters before the cursor that the word replaces. */
  readonly typed: number;
  readonly offers: readonly Offer[];
}

/** What an editor offers after `textBefore`; null where it has nothing to say, as inside a script. */
export function offersAfter(
  textBefore: string,
  words: DefinitionWords,
  outline: Outline | null,
): Offers | null {
  const lineStart = textBefore.lastIndexOf('\n') + 1;
  const line = textBefore.slice(lineStart);
  const argument = /\{\{\s*(\w*)$/.exec(line);
  if (argument !== null) return argumentOffers(argument[1] ?? '', outline);
  const percent = /^%(\w*)$/.exec(line);
  if (percent !== null) return sectionOffers(percent[0], words);
  const from = /^%files\s+from\s+(\S*)$/i.exec(line);
  if (from !== null) return stageOffers(from[1] ?? '', outline);
  const place = placeAfter(textBefore.slice(0, lineStart));
  const agent = /^(\s*)bootstrap\s*:\s*([\w-]*)$/i.exec(line);
  if (agent !== null && (place.section === null || agent[1] === ''))
    return agentOffers(agent[2] ?? '', words);
  const header = /^\s*(\w*)$/.exec(line);
  if (place.section === null && header !== null) return headerOffers(header[1] ?? '', words, place);
  return null;
}

function argumentOffers(typed: string, outline: Outline | null): Offers | null {
  if (outline === null || outline.buildArguments.length === 0) return null;
  return {
    typed: typed.length,
    offers: outline.buildArguments.map(({ name, defaultValue }) => ({
      label: name,
      detail: defaultValue ?? '',
      documentation: '',
      insert: name,
      rank: 0,
    })),
  };
}

function stageOffers(typed: string, outline: Outline | null): Offers | null {
  const names = outline?.stages.flatMap(({ name }) => (name === null ? [] : [name])) ?? [];
  if (names.length === 0) return null;
  return {
    typed: typed.length,
    offers: names.map((name) => ({ label: name, detail: '', documentation: '', insert: name, rank: 0 })),
  };
}

function sectionOffers(typed: string, { sections }: DefinitionWords): Offers {
  return {
    typed: typed.length,
    offers: sections.map(({ name, detail, documentation, argument, isApp }) => ({
      label: `%${name}`,
      detail: argument === null ? detail : `${argument}: ${detail}`,
      documentation,
      insert: isApp ? `%${name} ` : `%${name}\n    `,
      rank: isApp ? 0 : 1,
    })),
  };
}

function agentOffers(typed: string, { agents }: DefinitionWords): Offers {
  return {
    typed: typed.length,
    offers: agents.map(({ name, detail, documentation, requiredHeaders }) => ({
      label: name,
      detail,
      documentation,
      insert: [name, ...requiredHeaders.map((header) => `${header}: `)].join('\n'),
      rank: 0,
    })),
  };
}

function headerOffers(typed: string, words: DefinitionWords, place: DefinitionPlace): Offers | null {
  const agent = words.agents.find(({ name }) => name === place.agent);
  const wanted = new Set(agent?.requiredHeaders.map((name) => name.toLowerCase()));
  const known = new Set(agent?.optionalHeaders.map((name) => name.toLowerCase()));
  const offers = words.headers
    .filter(({ name }) => !place.headers.has(name.toLowerCase()))
    .map(({ name, detail, documentation }) => {
      const key = name.toLowerCase();
      const isFirst = place.agent === null ? key === 'bootstrap' : wanted.has(key);
      return {
        label: name,
        detail,
        documentation,
        insert: `${name}: `,
        rank: isFirst ? 2 : known.has(key) ? 1 : 0,
      };
    });
  return offers.length === 0 ? null : { typed: typed.length, offers };
}

/** What is said of a word when the pointer rests on it. */
export interface WordHelp {
  /** Columns of the word in its line, from 0 on. */
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly text: string;
}

/** Explains the header, agent or section at a column (from 0 on) of a line; null where nothing is known. */
export function helpAt(
  line: string,
  column: number,
  context: { readonly isInSection: boolean; readonly words: DefinitionWords },
): WordHelp | null {
  const { words } = context;
  const section = sectionLine.exec(line);
  if (section?.[1] !== undefined && column <= section[0].length) {
    const known = words.sections.find(({ name }) => name === section[1]?.toLowerCase());
    return known === undefined
      ? null
      : {
          from: 0,
          to: section[0].length,
          title: `%${known.name}: ${known.detail}`,
          text: known.documentation,
        };
  }
  const header = /^(\s*)(\w+)(\s*:\s*)(\S*)/.exec(line);
  if (header === null || (context.isInSection && !/^bootstrap\s*:/i.test(line))) return null;
  const [, space = '', name = '', colon = '', value = ''] = header;
  const nameEnd = space.length + name.length;
  if (column >= space.length && column <= nameEnd) {
    const known = words.headers.find((word) => word.name.toLowerCase() === name.toLowerCase());
    return known === undefined
      ? null
      : {
          from: space.length,
          to: nameEnd,
          title: `${known.name}: ${known.detail}`,
          text: known.documentation,
        };
  }
  const valueStart = nameEnd + colon.length;
  if (name.toLowerCase() !== 'bootstrap' || column < valueStart || column > valueStart + value.length)
    return null;
  const agent = words.agents.find((word) => word.name === value);
  return agent === undefined
    ? null
    : {
        from: valueStart,
        to: valueStart + value.length,
        title: `${agent.name}: ${agent.detail}`,
        text: agent.documentation,
      };
}

/** A completed agent brings the headers that it needs; those that the stage has below the cursor stay out. */
export function withoutKnownHeaders(insert: string, textAfter: string): string {
  const [first = '', ...lines] = insert.split('\n');
  const end = textAfter.search(/^(?:%|bootstrap\s*:)/im);
  const stage = end < 0 ? textAfter : textAfter.slice(0, end);
  const known = new Set([...stage.matchAll(/^\s*(\w+)\s*:/gm)].map((match) => match[1]?.toLowerCase()));
  return [first, ...lines.filter((line) => !known.has(line.replace(/:.*/, '').toLowerCase()))].join('\n');
}
