export type SplitCommands =
  | { readonly ok: true; readonly commands: readonly (readonly string[])[] }
  | { readonly ok: false };

/**
 * A pasted script → its commands, each as words: a POSIX shell's quotes, backslashes, continued lines, comments, and
 * the operators that end a command. Nothing is expanded, redirections are left out with their files.
 */
export function splitCommands(text: string): SplitCommands {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  const endWord = () => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = () => {
    endWord();
    const kept = withoutRedirections(withoutPrompt(words));
    if (kept.length > 0) commands.push([...kept]);
    words = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (character === '\\' && quote === '"' && '"\\$`\n'.includes(text.charAt(at + 1))) {
        at += 1;
        word = `${word ?? ''}${text.charAt(at) === '\n' ? '' : text.charAt(at)}`;
      } else word = `${word ?? ''}${character}`;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      at += 1;
      if (at >= text.length) return { ok: false };
      // Blanks after a continuing backslash come from web pages; the line is meant to go on.
      const blanks = /^[ \t]*\n/.exec(text.slice(at))?.[0];
      if (blanks === undefined) word = `${word ?? ''}${text.charAt(at)}`;
      else {
        endWord();
        at += blanks.length - 1;
      }
    } else if (character === '\n' || character === ';' || character === '|') {
      endCommand();
    } else if (character === '&' && (text.charAt(at + 1) === '&' || word === null)) {
      if (text.charAt(at + 1) === '&') at += 1;
      endCommand();
    } else if (character === '#' && word === null && !(words.length === 0 && isRootPrompt(text, at))) {
      const end = text.indexOf('\n', at);
      at = (end < 0 ? text.length : end) - 1;
    } else if (/\s/.test(character)) {
      endWord();
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (quote !== null) return { ok: false };
  endCommand();
  return { ok: true, commands };
}

/** `# apptainer pull …` is root's prompt rather than a comment where a known program follows. */
function isRootPrompt(text: string, at: number): boolean {
  return /^#\s+(?:sudo|docker|podman|singularity|apptainer|srun|nerdctl|oras|skopeo)\s/.test(text.slice(at));
}

/** `$`, `%`, `>`, `alice@login:~$`, `[alice@login ~]$` in front of a line. */
function withoutPrompt(words: readonly string[]): readonly string[] {
  const [first = '', second = ''] = words;
  if (/^(?:[$%#>\u276f]|>>>|PS>)$/.test(first)) return words.slice(1);
  if (/^\S+@\S+[$#%>]$/.test(first)) return words.slice(1);
  if (/^\[\S+@\S+$/.test(first) && /\][$#%>]$/.test(second)) return words.slice(2);
  return words;
}

function withoutRedirections(words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (/^[0-9&]?>{1,2}$/.test(word)) at += 1;
    else if (!/^[0-9&]?>{1,2}[^>]/.test(word)) kept.push(word);
  }
  return kept;
}
