import type { Section } from './definition/definitionDocument.ts';
import { parseDefinition } from './definition/parseDefinition.ts';

/** Where in a definition file a build failed. Lines and columns are 1-based. */
export interface FailurePlace {
  readonly line: number;
  readonly column: number;
  /** The command as the shell traced it; null where the place is not a command. */
  readonly command: string | null;
}

/** Sections whose scripts are run with a trace (`sh -ex`). */
export type TracedSection = 'post' | 'setup' | 'pre';

/** What the last lines of a build's output say. */
export interface BuildOutput {
  /** The section whose script ran last; null when none did. */
  readonly section: TracedSection | null;
  /** Commands that it traced, in their order, without `+ `. */
  readonly trace: readonly string[];
}

/**
 * The command of %post (or %setup, %pre) that failed: what the shell traced last, found in the section. The trace has
 * variables replaced, loops and conditions left out, and lists (`a && b`) taken apart, so a traced command is looked for
 * as it is, then without quotes, then with the variables of the file's own words standing for anything; in the order of
 * the file, going back only where loops do. Null where nothing fits.
 */
export function placeOfFailure(definition: string, output: BuildOutput): FailurePlace | null {
  const last = output.trace.at(-1);
  if (output.section === null || last === undefined) return null;
  const commands = parseDefinition(definition)
    .stages.flatMap((stage) => stage.sections)
    .filter(({ name }) => name === output.section)
    .flatMap(commandsOf);
  let at = -1;
  let found: SourceCommand | null = null;
  for (const traced of output.trace) {
    const next = nextMatch(commands, traced, at);
    if (next === null) continue;
    at = next;
    found = commands[next] ?? null;
  }
  return found === null ? null : { line: found.line, column: found.column, command: last };
}

interface SourceCommand {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Without quotes; of a word over several lines also the first line alone, which is all that a trace line holds of it. */
  readonly plain: readonly string[];
  /** What stands between things that the shell replaces (`$name`, `$(…)`, globs); null where that is nothing. */
  readonly parts: readonly string[] | null;
}

/** A traced command, as it is and without quotes. */
interface TracedCommand {
  readonly text: string;
  readonly plain: string;
}

const fits: readonly ((source: SourceCommand, traced: TracedCommand) => boolean)[] = [
  (source, traced) => source.text === traced.text,
  (source, traced) => source.plain.includes(traced.plain),
  (source, traced) => source.parts !== null && fitsInOrder(traced.plain, source.parts),
];

/** The first match after the last one, else (a loop) the first of all. */
function nextMatch(commands: readonly SourceCommand[], text: string, after: number): number | null {
  const traced: TracedCommand = { text, plain: plain(text) };
  for (const isFitting of fits) {
    const later = commands.findIndex((command, index) => index > after && isFitting(command, traced));
    if (later >= 0) return later;
    const earlier = commands.findIndex((command, index) => index <= after && isFitting(command, traced));
    if (earlier >= 0) return earlier;
  }
  return null;
}

function sourceCommand(text: string, line: number, column: number): SourceCommand {
  const [first = ''] = text.split('\n');
  const whole = plain(text);
  // What a command redirects is not traced.
  const unredirected = plain(text.replace(/\s*\d*(?:>>?|<<?-?|>&|<&)\s*[^\s|&;]+/g, ''));
  const parts = unredirected.split(/\$\([^()]*\)|\$\{[^}]*\}|\$\w+|\$[@*#?!$-]|`[^`]*`|[*?]|\[[^\]]*\]|~/);
  const hasWords = parts.some((part) => part.trim() !== '');
  return {
    text,
    line,
    column,
    plain: first === text ? [whole] : [whole, plain(first)],
    parts: hasWords && (parts.length > 1 || unredirected !== whole) ? parts : null,
  };
}

/** Whether the parts stand in the text in this order, the first at its beginning and the last at its end. */
function fitsInOrder(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    if (index === rest.length - 1) return text.length - part.length >= at && text.endsWith(part);
    const next = text.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  return true;
}

/** Without quotes and backslashes, with single spaces. */
function plain(text: string): string {
  return text
    .replaceAll(/["'\\]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const keyword = /^(?:if|then|else|elif|while|until|do|time|!|\{|\()\s+/;

/** Simple commands of a section: continued lines joined, lists, pipes and keywords taken apart. Each knows where it began. */
function commandsOf({ body }: Section): readonly SourceCommand[] {
  const commands: SourceCommand[] = [];
  let piece = '';
  let start: { line: number; column: number } | null = null;
  let quote: string | null = null;
  const end = () => {
    let text = piece.trim();
    let shift = 0;
    for (let match = keyword.exec(text); match !== null; match = keyword.exec(text)) {
      shift += match[0].length;
      text = text.slice(match[0].length);
    }
    if (start !== null && text !== '') commands.push(sourceCommand(text, start.line, start.column + shift));
    piece = '';
    start = null;
  };
  for (const { number, text: whole } of body) {
    const isContinued = /(?:^|[^\\])\\$/.test(whole);
    const line = isContinued ? whole.slice(0, -1) : whole;
    for (let at = 0; at < line.length; at += 1) {
      const character = line.charAt(at);
      if (quote === null && character === '#' && (at === 0 || /\s/.test(line.charAt(at - 1)))) break;
      if (quote === null && isSeparator(line, at)) {
        end();
        if (/[&|;]/.test(line.charAt(at + 1)) && line.charAt(at + 1) === character) at += 1;
        continue;
      }
      if (start === null && !/\s/.test(character)) start = { line: number, column: at + 1 };
      piece += character;
      if (character === '\\' && quote !== "'") {
        at += 1;
        piece += line.charAt(at);
      } else if (quote === character) quote = null;
      else if (quote === null && (character === '"' || character === "'")) quote = character;
    }
    if (quote !== null) piece += '\n';
    else if (isContinued) piece += ' ';
    else end();
  }
  end();
  return commands;
}

/** `;`, `|`, `&&` and `&` end a simple command; the `&` of a redirection (`2>&1`, `&>file`) does not. */
function isSeparator(line: string, at: number): boolean {
  const character = line.charAt(at);
  if (character === ';' || character === '|') return true;
  return character === '&' && !/[<>]/.test(line.charAt(at - 1)) && line.charAt(at + 1) !== '>';
}

/** What the runtime says of a definition that it does not take: its words → the line. Source: seen with Apptainer 1.4.5. */
export function placeOfRefusal(
  definition: string,
  output: string,
): (FailurePlace & { reason: string }) | null {
  for (const [pattern, lineOf] of refusals) {
    const match = pattern.exec(output);
    if (match === null) continue;
    const index = definition.split('\n').findIndex((line) => lineOf(line, (match[1] ?? '').trim()));
    const text = definition.split('\n')[index] ?? '';
    return {
      line: Math.max(index, 0) + 1,
      column: text.length - text.trimStart().length + 1,
      command: null,
      reason: match[0].trim(),
    };
  }
  return null;
}

type LineTest = (line: string, name: string) => boolean;

const refusals: readonly (readonly [RegExp, LineTest])[] = [
  [
    /invalid build source (\S+)/,
    (line, name) => line.toLowerCase().startsWith(`bootstrap: ${name}`.toLowerCase()),
  ],
  [
    /invalid section\(s\) specified: ([^\n,]*)/,
    (line, name) => line.trim().toLowerCase().startsWith(`%${name.toLowerCase()}`),
  ],
  [
    /invalid header keyword found: ([^\n]+)/,
    (line, name) => line.trim().toLowerCase().startsWith(`${name.toLowerCase()}:`),
  ],
  [
    /header key ([^\n]*) had no val/,
    (line, name) => line.trim().toLowerCase().startsWith(name.toLowerCase()),
  ],
  [
    /build var (\S+) is not defined[^\n]*/,
    (line, name) => new RegExp(`\\{\\{\\s*${name.replaceAll(/\W/g, '')}\\s*\\}\\}`).test(line),
  ],
  [
    /cannot stat '([^'\n]+)'/,
    (line, name) => line.trim().startsWith(name) || line.trim().startsWith(`"${name}"`),
  ],
  [
    /failed to retrieve path for ([^\n:]+):/,
    (line, name) => /^\s*from:/i.test(line) && line.slice(line.indexOf(':') + 1).trim() === name,
  ],
];
