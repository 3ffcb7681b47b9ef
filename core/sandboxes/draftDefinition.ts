import type { SandboxBase } from '#core/contract/sandboxes.ts';

/** What only looks, or ends the shell: it stays in the draft as a comment. */
const looks =
  /^(?:ls|ll|la|pwd|cat|less|more|head|tail|man|which|type|history|clear|exit|logout|whoami|id|env|top|htop|ps|df|du|vi|vim|nano|emacs|help|#.*)(?:\s[^|;&<>]*)?$/;

/** A history file of bash or ash → the commands in it. Times (`#1700000000`) and empty lines are none. */
export function commandsOfHistory(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !/^#\d{9,11}$/.test(line));
}

/** What changes something: looking at things is not worth a line of a definition. */
export function isLooking(command: string): boolean {
  return looks.test(command.trim());
}

export interface Draft {
  readonly base: SandboxBase | null;
  /** The definition that lies in the sandbox, where it was built from one. */
  readonly ownDefinition: string | null;
  readonly commands: readonly string[];
  /** Path of the sandbox, for people. */
  readonly sandbox: string;
}

/** The commands of shells as a draft of a definition file: what was done, in its order, over what it began with. */
export function draftDefinition({ base, ownDefinition, commands, sandbox }: Draft): string {
  const header = [
    `# Draft from the writable shells of ${oneLine(sandbox)}`,
    '# Read it before it is built: commands that failed are in it too, and what was edited by hand is not.',
  ];
  const section = [
    '%post',
    ...(commands.length === 0
      ? ['    # No command was recorded: only writable shells of the workbench with bash keep a history.']
      : commands.map((command) => `    ${isLooking(command) ? `# ${oneLine(command)}` : oneLine(command)}`)),
  ];
  if (base?.kind === 'definition' && ownDefinition !== null)
    return [...header, '', ownDefinition.trimEnd(), '', ...section, ''].join('\n');
  return [...header, ...bootstrapOf(base, sandbox), '', ...section, ''].join('\n');
}

/** Where a definition begins to have the base again. */
function bootstrapOf(base: SandboxBase | null, sandbox: string): readonly string[] {
  if (base === null)
    return [
      '# It is not known what the sandbox was made from.',
      'Bootstrap: localimage',
      `From: ${oneLine(sandbox)}`,
    ];
  const [, agent, rest] = /^([a-z]+):\/\/(.+)$/.exec(base.from) ?? [];
  if (agent === 'docker' && rest !== undefined) {
    const isExact = base.digest !== null && !rest.includes('@');
    const from = isExact ? `${rest.replace(/:[^/:@]*$/, '')}@${base.digest}` : rest;
    return [...(isExact ? [`# ${oneLine(rest)}`] : []), 'Bootstrap: docker', `From: ${oneLine(from)}`];
  }
  if (agent !== undefined && ['oras', 'library', 'shub'].includes(agent))
    return [`Bootstrap: ${agent}`, `From: ${oneLine(rest ?? '')}`];
  return ['Bootstrap: localimage', `From: ${oneLine(base.from)}`];
}

/** The definition that a frozen sandbox carries: where it comes from, and what was typed in its shells. */
export function frozenDefinition({
  base,
  commands,
  sandbox,
  createdAt,
}: Omit<Draft, 'ownDefinition'> & { readonly createdAt: number | null }): string {
  const labels: (readonly [string, string])[] = [
    ...(base === null ? [] : [['org.opencontainers.image.base.name', base.from] as const]),
    ...(base?.digest == null ? [] : [['org.opencontainers.image.base.digest', base.digest] as const]),
    ['mysingularity.sandbox.commands', String(commands.length)],
    ...(createdAt === null
      ? []
      : [['mysingularity.sandbox.created', new Date(createdAt).toISOString()] as const]),
  ];
  return [
    `# Frozen from a sandbox${base === null ? '' : ` of ${oneLine(base.from)}${base.digest === null ? '' : ` (${base.digest})`}`}`,
    ...(commands.length === 0 ? [] : ['# What was typed in its writable shells:']),
    // Two braces would be a build argument, also in a comment.
    ...commands.map((command) => `#   ${oneLine(command).replaceAll('{{', '{ {')}`),
    'Bootstrap: localimage',
    `From: ${sandbox}`,
    '',
    '%labels',
    ...labels.map(([name, value]) => `    ${name} ${oneLine(value)}`),
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line end would begin another line of the definition
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f]+/g, ' ');
}
