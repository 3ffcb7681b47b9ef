/** One way in that a server offers. Scheme and parameter names in lower case. RFC 9110, 11.6.1. */
export interface AuthChallenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const parameter =
  /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"=]+))[ \t]*(?=,|$)/y;
const token68 = /[ \t]+[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)/y;
const filler = /[ \t,]*/y;

/**
 * The challenges of a `WWW-Authenticate` value, several of which may stand in one line. Reads on as far as the text
 * makes sense; the rest is left out.
 */
export function parseAuthChallenges(header: string | null): readonly AuthChallenge[] {
  const text = (header ?? '').slice(0, 8192);
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length) {
    take(filler);
    const current = challenges.at(-1);
    const pair = take(parameter);
    if (pair !== null && current !== undefined) {
      const name = (pair[1] ?? '').toLowerCase();
      const value = pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3] ?? '';
      // The first of a repeated name counts, and `__proto__` is a name like any other.
      if (!Object.hasOwn(current.parameters, name))
        Object.defineProperty(current.parameters, name, { value, enumerable: true });
      continue;
    }
    const scheme = pair === null ? take(token) : null;
    if (scheme === null) break;
    challenges.push({ scheme: scheme[0].toLowerCase(), parameters: {} });
    take(token68);
  }
  return challenges;
}
