import { quoteWord } from '../shellWords.ts';

/** A stage of a Dockerfile on its way to one of a definition file. */
export interface ConvertedStage {
  /** Null for one that nobody can name. */
  name: string | null;
  base: string;
  readonly buildArguments: Map<string, string>;
  /** By stage that they come from; the empty name is the host. */
  readonly files: Map<string, string[]>;
  readonly post: string[];
  readonly environment: string[];
  readonly labels: string[];
  /** What `$NAME` stands for in a path: text, possibly with a placeholder. */
  readonly known: Map<string, string>;
  workingFolder: string;
  postShell: string | null;
  hasRun: boolean;
  entrypoint: Invocation | null;
  command: Invocation | null;
}

/** ENTRYPOINT or CMD: words, or a line for a shell. */
export type Invocation =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  | { readonly form: 'shell'; readonly line: string };

export function createStage(name: string | null, base: string): ConvertedStage {
  return {
    name,
    base,
    buildArguments: new Map(),
    files: new Map(),
    post: [],
    environment: [],
    labels: [],
    known: new Map(),
    workingFolder: '/',
    postShell: null,
    hasRun: false,
    entrypoint: null,
    command: null,
  };
}

/** A stage that begins as another one ends: a definition file cannot name an earlier stage as base, so it is repeated. */
export function repeatedStage(name: string | null, other: ConvertedStage): ConvertedStage {
  return {
    ...other,
    name,
    buildArguments: new Map(other.buildArguments),
    files: new Map(Array.from(other.files, ([from, lines]) => [from, [...lines]])),
    post: [...other.post],
    environment: [...other.environment],
    labels: [...other.labels],
    known: new Map(other.known),
  };
}

/** The stage as text of a definition file. */
export function stageText(stage: ConvertedStage): string {
  const parts: string[] = [];
  const header =
    stage.base === 'scratch' ? ['Bootstrap: scratch'] : ['Bootstrap: docker', `From: ${stage.base}`];
  if (stage.name !== null) header.push(`Stage: ${stage.name}`);
  parts.push(header.join('\n'));
  const add = (line: string, body: readonly string[]) => {
    if (body.length > 0) parts.push([line, ...body].join('\n'));
  };
  add(
    '%arguments',
    Array.from(stage.buildArguments, ([name, value]) => `    ${name}=${value}`),
  );
  for (const [from, lines] of stage.files) add(from === '' ? '%files' : `%files from ${from}`, lines);
  const shell = stage.postShell === null ? '' : ` -c ${stage.postShell}`;
  add(`%post${shell}`, stage.post);
  add('%environment', stage.environment);
  add('%labels', stage.labels);
  add('%runscript', runscriptOf(stage));
  return parts.join('\n\n');
}

/** What `docker run IMAGE [WORDS]` does: words replace CMD, and follow ENTRYPOINT. */
function runscriptOf({ entrypoint, command, workingFolder }: ConvertedStage): readonly string[] {
  if (entrypoint === null && command === null) return [];
  const enter = workingFolder === '/' ? [] : [`    cd ${inQuotes(workingFolder)}`];
  if (entrypoint?.form === 'shell') return [...enter, `    exec /bin/sh -c ${quoteWord(entrypoint.line)}`];
  const whole = command === null ? null : words(command);
  if (entrypoint === null)
    return [...enter, '    if [ $# -gt 0 ]; then exec "$@"; fi', `    exec ${whole ?? '/bin/sh'}`];
  return [
    ...enter,
    ...(whole === null ? [] : [`    if [ $# -eq 0 ]; then set -- ${whole}; fi`]),
    `    exec ${words(entrypoint)} "$@"`,
  ];
}

function words(invocation: Invocation): string {
  return invocation.form === 'exec'
    ? invocation.words.map(quoteWord).join(' ')
    : `/bin/sh -c ${quoteWord(invocation.line)}`;
}

/** A text within double quotes in which variables are still expanded. */
export function inQuotes(text: string): string {
  return `"${text.replaceAll(/["\\`]/g, '\\$&')}"`;
}
