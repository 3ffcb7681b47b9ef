import { StreamLanguage, type StreamParser, type StringStream } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import type { DefinitionWords } from '#core/contract/definitions.ts';

const script: StreamParser<unknown> = shell;

/** Changed in place while a line is read, as CodeMirror's stream parsers do. */
interface State {
  /** Headers of a stage, lines of a section that is text, or the script of a section. */
  mode: 'headers' | 'text' | 'script';
  /** After the colon of a header. */
  isInValue: boolean;
  /** Of the shell. */
  inner: unknown;
}

/** Colours of definition files: headers, sections, and the shell inside those that are scripts. */
export function definitionLanguage(words: DefinitionWords): StreamLanguage<unknown> {
  const texts = new Set(words.sections.filter(({ runs }) => runs === 'file').map(({ name }) => name));
  const parser: StreamParser<State> = {
    name: 'definition',
    startState: (indentUnit) => ({
      mode: 'headers',
      isInValue: false,
      inner: script.startState?.(indentUnit),
    }),
    copyState: (state) => ({ ...state, inner: copyInner(state.inner) }),
    token: (stream, state) => token(stream, state, texts),
    languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', "'", '"'] } },
  };
  return StreamLanguage.define(parser as StreamParser<unknown>);
}

function token(stream: StringStream, state: State, texts: ReadonlySet<string>): string | null {
  if (stream.sol()) {
    const section = stream.match(/^%([A-Za-z]\w*)/);
    if (section !== null && section !== true && section !== false) {
      state.mode = texts.has(section[1]?.toLowerCase() ?? '') ? 'text' : 'script';
      // A quote or here-document of the section before ends with it, as the runtime sees it.
      state.inner = script.startState?.(4);
      state.isInValue = false;
      return 'keyword';
    }
    if (stream.match(/^bootstrap\s*:/i, false)) state.mode = 'headers';
    state.isInValue = false;
  }
  if (stream.match(/^\{\{\s*\w+\s*\}\}/)) return 'variableName.special';
  if (state.mode === 'script') return script.token(stream, state.inner);
  if (stream.match(/^\s*#.*/) && (state.mode === 'headers' || stream.column() === 0)) return 'comment';
  if (state.mode === 'headers') return header(stream, state);
  skipPlain(stream);
  return null;
}

function header(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  if (!state.isInValue) {
    if (stream.match(/^\w+(?=\s*:)/)) return 'propertyName';
    if (stream.eat(':')) {
      state.isInValue = true;
      return 'punctuation';
    }
  }
  skipPlain(stream);
  return state.isInValue ? 'string' : null;
}

/** One character, and on to the next `{{`. */
function skipPlain(stream: StringStream): void {
  stream.next();
  while (!stream.eol() && !stream.match(/^\{\{/, false)) stream.next();
}

/** The shell's own state is one of lists, which must not be shared between lines. */
function copyInner(inner: unknown): unknown {
  if (typeof inner !== 'object' || inner === null) return inner;
  return Object.fromEntries(
    Object.entries(inner).map(([name, value]) => [name, Array.isArray(value) ? value.slice() : value]),
  );
}
