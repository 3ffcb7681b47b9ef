/** A here-document of an instruction. */
export interface DockerfileHereDocument {
  readonly delimiter: string;
  /** Quoted: nothing in it is expanded. */
  readonly isQuoted: boolean;
  readonly body: readonly string[];
}

/** One instruction of a Dockerfile. */
export interface DockerfileInstruction {
  /** In capital letters. */
  readonly keyword: string;
  /** From 1 on. */
  readonly line: number;
  /** Its first line, for people. */
  readonly text: string;
  /** `--name=value` before the arguments; the value is empty without `=`. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** What follows, line by line, without the characters that continue a line, and without comments between. */
  readonly lines: readonly string[];
  /** The same on one line. */
  readonly content: string;
  readonly hereDocuments: readonly DockerfileHereDocument[];
}

const keywords = new Set([
  'FROM',
  'RUN',
  'CMD',
  'LABEL',
  'MAINTAINER',
  'EXPOSE',
  'ENV',
  'ADD',
  'COPY',
  'ENTRYPOINT',
  'VOLUME',
  'USER',
  'WORKDIR',
  'ARG',
  'ONBUILD',
  'STOPSIGNAL',
  'HEALTHCHECK',
  'SHELL',
]);

/** Whether a text is a Dockerfile: its first instruction is FROM, or ARG, and nothing says that it is a definition file. */
export function isDockerfile(text: string): boolean {
  if (/^bootstrap:/im.test(text)) return false;
  for (const line of text.split('\n', 2000)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    return /^FROM\s+[^:\s]/i.test(trimmed) || (/^ARG\s+\w/.test(trimmed) && /^\s*FROM\s+[^:\s]/im.test(text));
  }
  return false;
}

/**
 * Text of a Dockerfile → its instructions. Never fails: a word that is no instruction is one with that word, and the
 * reader says so. Source: the Dockerfile reference of Docker (continued lines, `# escape=`, here-documents).
 */
export function parseDockerfile(text: string): readonly DockerfileInstruction[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const escapeCharacter = escapeOf(lines);
  const instructions: DockerfileInstruction[] = [];
  /** Words that no line further down is: a text may open very many. */
  const endless = new Set<string>();
  let at = 0;
  while (at < lines.length) {
    const first = lines[at] ?? '';
    const start = at;
    at += 1;
    if (first.trim() === '' || first.trim().startsWith('#')) continue;
    const parts: string[] = [];
    let line: string | undefined = first;
    while (line !== undefined) {
      const trimmed = line.trimEnd();
      const isContinued = trimmed.endsWith(escapeCharacter);
      parts.push(isContinued ? trimmed.slice(0, -1) : trimmed);
      line = undefined;
      if (!isContinued) break;
      while (at < lines.length && /^\s*(?:#|$)/.test(lines[at] ?? '')) at += 1;
      if (at < lines.length) {
        line = lines[at];
        at += 1;
      }
    }
    const [head = '', ...rest] = parts;
    const word = /^\s*(\S+)\s*/.exec(head);
    const keyword = (word?.[1] ?? '').toUpperCase();
    const { flags, lines: own } = takeFlags([head.slice(word?.[0].length ?? 0), ...rest]);
    const hereDocuments: DockerfileHereDocument[] = [];
    if (keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD')
      for (const opened of own.join(' ').matchAll(/<<(-?)(?:(['"])([\w.-]+)\2|([A-Za-z_][\w.-]*))/g)) {
        const delimiter = opened[3] ?? opened[4] ?? '';
        const stripsTabs = opened[1] === '-';
        const bare = (body: string) => (stripsTabs ? body.replace(/^\t+/, '') : body);
        const key = `${opened[1] ?? ''}${delimiter}`;
        if (endless.has(key)) break;
        let end = at;
        while (end < lines.length && bare(lines[end] ?? '') !== delimiter) end += 1;
        if (end >= lines.length) {
          endless.add(key);
          break; // no such end: it was no here-document
        }
        hereDocuments.push({
          delimiter,
          isQuoted: opened[2] !== undefined,
          body: lines.slice(at, end).map(bare),
        });
        at = end + 1;
      }
    instructions.push({
      keyword,
      line: start + 1,
      text: first.trim(),
      flags,
      lines: own.filter((part, index) => index === 0 || part.trim() !== ''),
      content: own
        .map((part) => part.trim())
        .join(' ')
        .trim(),
      hereDocuments,
    });
  }
  return instructions;
}

/** Whether a word is an instruction that the format has. */
export function isInstruction(keyword: string): boolean {
  return keywords.has(keyword);
}

function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line);
    if (directive === null) break;
    if (directive[1]?.toLowerCase() === 'escape' && directive[2] === '`') return '`';
  }
  return '\\';
}

function takeFlags(lines: readonly string[]): Pick<DockerfileInstruction, 'flags' | 'lines'> {
  const flags: { name: string; value: string }[] = [];
  let rest = [...lines];
  while (rest.length > 0) {
    const first = (rest[0] ?? '').trimStart();
    if (first === '' && rest.length > 1) {
      rest = rest.slice(1);
      continue;
    }
    const flag = /^--([a-z][a-z-]*)(?:=(\S*))?(?:\s+|$)/.exec(first);
    if (flag === null) break;
    flags.push({ name: flag[1] ?? '', value: flag[2] ?? '' });
    rest[0] = first.slice(flag[0].length);
  }
  return { flags, lines: rest };
}

/** The exec form, `["a", "b"]`; null for the shell form. */
export function execForm(content: string): readonly string[] | null {
  if (!content.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(content);
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null;
  } catch {
    return null; // Docker, too, takes what is no JSON as the shell form
  }
}

/** Words at white space, with quotes and escapes taken away: `a "b c" d\ e`. `isLiteral` is one in single quotes. */
export function wordsOf(content: string): readonly { readonly text: string; readonly isLiteral: boolean }[] {
  const words: { text: string; isLiteral: boolean }[] = [];
  for (const match of content.matchAll(/(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s\\'"])+/g))
    words.push({ text: unquoted(match[0]), isLiteral: /^(?:[\w.-]+=)?'[^']*'$/.test(match[0]) });
  return words;
}

/** `NAME=value …`, or the old `NAME value`. */
export function pairsOf(
  content: string,
): readonly { readonly name: string; readonly value: string; readonly isLiteral: boolean }[] {
  const old = /^([^\s="']+)\s+([^=].*)$/s.exec(content);
  const [firstWord] = wordsOf(content);
  if (old !== null && firstWord !== undefined && !firstWord.text.includes('='))
    return [{ name: old[1] ?? '', value: unquoted(old[2] ?? ''), isLiteral: false }];
  return wordsOf(content).map(({ text, isLiteral }) => {
    const equals = text.indexOf('=');
    return equals < 0
      ? { name: text, value: '', isLiteral }
      : { name: text.slice(0, equals), value: text.slice(equals + 1), isLiteral };
  });
}

function unquoted(text: string): string {
  return text.replaceAll(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped ?? '',
  );
}
