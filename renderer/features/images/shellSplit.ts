/** What is wrong with a line that cannot be split. */
export type SplitProblem = 'openQuote' | 'endsWithBackslash';
export type SplitWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly problem: SplitProblem };

/**
 * A line → words, as a POSIX shell splits them: blanks, single and double quotes, backslash. Nothing is expanded:
 * `$HOME`, `*` and `;` stand for themselves, because no shell reads these words.
 */
export function splitShellWords(line: string): SplitWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = null;
    } else if (character === '\\' && quote !== "'") {
      at += 1;
      if (at >= line.length) return { ok: false, problem: 'endsWithBackslash' };
      word = `${word ?? ''}${unescaped(line.charAt(at), quote)}`;
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (quote !== null) return { ok: false, problem: 'openQuote' };
  if (word !== null) words.push(word);
  return { ok: true, words };
}

/** Within double quotes a backslash stays unless the character after it is special there. */
function unescaped(character: string, quote: '"' | "'" | null): string {
  if (character === '\n') return '';
  return quote === '"' && !'"\\$`'.includes(character) ? `\\${character}` : character;
}
