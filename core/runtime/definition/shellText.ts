import type { SourceLine } from './sourceText.ts';

/** A word of a command, quotes and all. */
export interface ShellWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** One simple command of a script: its words, without the reserved ones before it (`if`, `then`, `!`). */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** How deep it stands in `if`, loops, `case`, `{` and functions, and in `(`. */
  readonly depth: number;
  /** It runs in a process of its own: in `( )`, in a pipeline, or in the background. What it sets is gone after it. */
  readonly isApart: boolean;
}

export interface ShellComment {
  /** With its `#`. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Nothing stands before it on its line. */
  readonly isAlone: boolean;
  readonly depth: number;
  /** How many commands come before it. */
  readonly commandsBefore: number;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  readonly comments: readonly ShellComment[];
  /** A here-document that the script does not end: where it begins, and the word that would end it. */
  readonly openHereDocument: {
    readonly from: number;
    readonly to: number;
    readonly delimiter: string;
  } | null;
  /** Names of the functions that it defines, and where. */
  readonly functions: readonly (ShellWord & { readonly depth: number; readonly commandsBefore: number })[];
}

const opening = new Set(['if', 'for', 'while', 'until', 'case', 'select', '{']);
const closing = new Set(['fi', 'done', 'esac', '}']);
const skipped = new Set(['then', 'else', 'elif', 'do', '!', 'time']);

interface HereDocument {
  readonly delimiter: string;
  readonly stripsTabs: boolean;
  readonly from: number;
  readonly to: number;
}

/**
 * Lines of a script → its commands, as far as a reader needs them who asks what a line does: quotes, comments,
 * continued lines, here-documents and nesting are understood; nothing is expanded. Never fails.
 */
export function readShell(text: string, lines: readonly SourceLine[]): ShellScript {
  const first = lines[0];
  const last = lines.at(-1);
  const commands: ShellCommand[] = [];
  const comments: ShellComment[] = [];
  const functions: (ShellWord & { depth: number; commandsBefore: number })[] = [];
  let openHereDocument: ShellScript['openHereDocument'] = null;
  if (first === undefined || last === undefined) return { commands, comments, openHereDocument, functions };

  const end = last.to;
  let at = first.from;
  let words: ShellWord[] = [];
  let depth = 0;
  let parentheses = 0;
  let isPiped = false;
  let waiting: HereDocument[] = [];
  let lineHasText = false;

  function endCommand(isApart: boolean): void {
    while (words[0] !== undefined) {
      const word = words[0].text;
      if (skipped.has(word)) words.shift();
      else if (closing.has(word)) {
        depth = Math.max(0, depth - 1);
        words.shift();
      } else if (opening.has(word)) {
        depth += 1;
        if (word === 'for' || word === 'case' || word === 'select') words = [];
        else words.shift();
      } else if (word === 'function' && words[1] !== undefined) {
        functions.push({ ...words[1], depth: depth + parentheses, commandsBefore: commands.length });
        words = words.slice(2);
      } else break;
    }
    if (words.length > 0)
      commands.push({ words, depth: depth + parentheses, isApart: isApart || isPiped || parentheses > 0 });
    words = [];
  }

  /** Passes over the bodies of the here-documents that begin after this line; gives the offset after them. */
  function skipHereDocuments(from: number): number {
    let start = from;
    for (const document of waiting) {
      let isEnded = false;
      while (start < end && !isEnded) {
        const feed = text.indexOf('\n', start);
        const stop = feed < 0 || feed > end ? end : feed;
        const raw = text.slice(start, stop).replace(/\r$/, '');
        isEnded = (document.stripsTabs ? raw.replace(/^\t+/, '') : raw) === document.delimiter;
        start = stop + 1;
      }
      if (!isEnded) openHereDocument = document;
    }
    waiting = [];
    return start;
  }

  while (at < end) {
    const character = text[at] ?? '';
    if (character === '\n') {
      endCommand(false);
      isPiped = false;
      lineHasText = false;
      at = waiting.length > 0 ? skipHereDocuments(at + 1) : at + 1;
    } else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at += text[at + 1] === '\r' ? 3 : 2;
    } else if (character === ' ' || character === '\t' || character === '\r') {
      at += 1;
    } else if (character === '#') {
      const feed = text.indexOf('\n', at);
      const to = feed < 0 || feed > end ? end : feed;
      const comment = text.slice(at, to).trimEnd();
      comments.push({
        text: comment,
        from: at,
        to: at + comment.length,
        isAlone: !lineHasText,
        depth: depth + parentheses,
        commandsBefore: commands.length,
      });
      at = to;
    } else if (character === ';' || character === '&' || character === '|') {
      lineHasText = true;
      const isDouble = text[at + 1] === character;
      const isPipe = character === '|' && !isDouble;
      endCommand(isPipe || (character === '&' && !isDouble));
      isPiped = isPipe;
      at += isDouble ? 2 : 1;
    } else if (character === '(' || character === ')') {
      lineHasText = true;
      const only = words.length === 1 ? words[0] : undefined;
      if (character === '(' && only !== undefined && /^[\w.:-]+$/.test(only.text) && text[at + 1] === ')') {
        functions.push({ ...only, depth: depth + parentheses, commandsBefore: commands.length });
        words = [];
        at += 2;
        continue;
      }
      endCommand(true);
      parentheses = Math.max(0, parentheses + (character === '(' ? 1 : -1));
      at += 1;
    } else if (character === '<' && text[at + 1] === '<' && text[at + 2] !== '<') {
      lineHasText = true;
      const operator = /^<<(-?)[ \t]*(?:\\?([\w.-]+)|'([^'\n]*)'|"([^"\n]*)")/.exec(text.slice(at, at + 200));
      if (operator === null) at += 2;
      else {
        const delimiter = operator[2] ?? operator[3] ?? operator[4] ?? '';
        const to = at + operator[0].length;
        waiting.push({ delimiter, stripsTabs: operator[1] === '-', from: at, to });
        at = to;
      }
    } else if (character === '<' || character === '>') {
      lineHasText = true;
      const operator = /^(?:<<<|[<>][<>&|]?)[ \t]*/.exec(text.slice(at, at + 40));
      at = endOfWord(text, at + (operator?.[0].length ?? 1), end);
    } else {
      lineHasText = true;
      const to = Math.max(endOfWord(text, at, end), at + 1);
      words.push({ text: text.slice(at, to), from: at, to });
      at = to;
    }
  }
  endCommand(false);
  for (const document of waiting) openHereDocument = document;
  return { commands, comments, openHereDocument, functions };
}

/** Where the word that begins at an offset ends: quotes, `$( )`, `${ }` and backquotes belong to it. */
function endOfWord(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const character = text[at] ?? '';
    if (character === '\\') at += 2;
    else if (character === "'") at = after(text, "'", at + 1, end);
    else if (character === '"') at = endOfQuoted(text, at + 1, end);
    else if (character === '`') at = after(text, '`', at + 1, end);
    else if (character === '$' && (text[at + 1] === '(' || text[at + 1] === '{'))
      at = endOfExpansion(text, at + 1, end);
    else if (/[ \t\r\n;&|()<>]/.test(character)) break;
    else at += 1;
  }
  return Math.min(at, end);
}

function after(text: string, character: string, from: number, end: number): number {
  const found = text.indexOf(character, from);
  return found < 0 || found >= end ? end : found + 1;
}

/** Deeper than anybody nests quotes and expansions; what lies deeper is passed over as plain text. */
const deepest = 32;

function endOfQuoted(text: string, from: number, end: number, level = 0): number {
  let at = from;
  while (at < end) {
    const character = text[at];
    if (character === '\\') at += 2;
    else if (character === '"') return at + 1;
    else if (character === '$' && text[at + 1] === '(' && level < deepest)
      at = endOfExpansion(text, at + 1, end, level + 1);
    else at += 1;
  }
  return end;
}

function endOfExpansion(text: string, from: number, end: number, level = 0): number {
  const open = text[from] === '(' ? '(' : '{';
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  let at = from;
  while (at < end) {
    const character = text[at];
    if (character === '\\') at += 2;
    else if (character === "'" && open === '(') at = after(text, "'", at + 1, end);
    else if (character === '"' && level < deepest) at = endOfQuoted(text, at + 1, end, level + 1);
    else {
      if (character === open) depth += 1;
      if (character === close) depth -= 1;
      at += 1;
      if (depth === 0) return at;
    }
  }
  return end;
}
