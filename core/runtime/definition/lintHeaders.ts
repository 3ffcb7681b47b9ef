import { isKnownHeader } from './definitionDialect.ts';
import { type Header, headerOf } from './definitionDocument.ts';
import { definitionWords } from './definitionWords.ts';
import { closest, type LintContext, quoted, type StageView } from './lintContext.ts';

/** Headers of each stage, and what its agent needs. */
export function lintHeaders(context: LintContext): void {
  lintProblems(context);
  for (const view of context.stages) {
    for (const header of view.stage.headers) lintHeader(context, view, header);
    lintAgent(context, view);
  }
}

const dockerfileWord =
  /^(FROM|RUN|COPY|ADD|ENV|ARG|WORKDIR|ENTRYPOINT|CMD|LABEL|USER|EXPOSE|VOLUME|SHELL|HEALTHCHECK|STOPSIGNAL|ONBUILD)\s/;

function lintProblems({ document, add }: LintContext): void {
  for (const problem of document.problems) {
    switch (problem.kind) {
      case 'headerWithoutValue':
        add({
          code: 'header.noValue',
          severity: 'error',
          at: problem,
          message: `${quoted(problem.text)} is not a header: it has no colon.`,
          detail: dockerfileWord.test(problem.text)
            ? 'This looks like an instruction of a Dockerfile. What is installed belongs into %post, the base into the headers Bootstrap: and From:.'
            : 'Everything before the first section is headers, one “Name: value” a line, or comments. A “#” cuts the rest of the line.',
          refusal: 'had no val',
        });
        break;
      case 'brokenContinuation':
        add({
          code: 'header.brokenContinuation',
          severity: 'error',
          at: problem,
          message: `The continued value of ${quoted(problem.name)} is followed by an empty line or a comment.`,
          detail:
            'The runtime crashes over it. Write the rest of the value on the next line, or take the backslash away.',
          refusal: 'assignment to entry in nil map',
        });
        break;
      case 'unfinishedContinuation':
        add({
          code: 'header.unfinishedContinuation',
          severity: 'warning',
          at: problem,
          message: `The value of ${quoted(problem.name)} is lost: it ends with a backslash and nothing follows.`,
          detail:
            'A backslash at the end of a header continues it on the next line. Take the backslash away.',
        });
        break;
      case 'tooLong':
        add({
          code: 'section.tooLong',
          severity: 'error',
          at: problem,
          message: `${problem.name === 'header' ? 'The header' : problem.name} is longer than 64 KiB.`,
          detail:
            'The runtime reads a section in one piece of at most 64 KiB. Put long parts into files of their own and copy them with %files.',
          refusal: 'token too long',
        });
        break;
    }
  }
}

function lintHeader(context: LintContext, { stage }: StageView, header: Header): void {
  const { add, dialect } = context;
  const name = { from: header.nameFrom, to: header.nameTo };
  if (header.name.startsWith('\ufeff')) {
    add({
      code: 'file.byteOrderMark',
      severity: 'error',
      at: { from: header.from, to: header.from + 1 },
      message: 'The file begins with a byte order mark.',
      detail:
        'The runtime takes the invisible mark as a part of the first header’s name. Save the file as UTF-8 without it.',
      fix: {
        title: 'Remove the byte order mark',
        edits: [{ from: header.from, to: header.from + 1, text: '' }],
      },
      refusal: 'invalid header keyword found',
    });
    return;
  }
  if (!isKnownHeader(header.name, dialect)) {
    const known = definitionWords.headers.find((word) => word.name.toLowerCase() === header.name);
    const meant =
      known === undefined
        ? closest(
            header.name,
            definitionWords.headers.map((word) => word.name),
          )
        : null;
    add({
      code: 'header.unknown',
      severity: 'error',
      at: name,
      message:
        known === undefined
          ? `There is no header ${quoted(header.name)}.`
          : `${dialect.label ?? 'The runtime'} does not know the header ${quoted(known.name)}.`,
      detail:
        known !== undefined
          ? known.documentation
          : meant !== null
            ? `Did you mean “${meant}”?`
            : 'The runtime refuses a file with a header that it does not know.',
      fix: meant === null ? null : { title: `Change to “${meant}”`, edits: [{ ...name, text: meant }] },
      refusal: 'invalid header keyword found',
    });
    return;
  }
  if (headerOf(stage, header.name) !== header)
    add({
      code: 'header.repeated',
      severity: 'warning',
      at: name,
      message: `The header ${quoted(header.name)} stands here twice; this one is not used.`,
      detail: 'The last one of a stage wins.',
    });
  const before = header.commentFrom === null ? '' : context.document.text[header.commentFrom - 1];
  if (header.commentFrom !== null && before !== ' ' && before !== '\t')
    add({
      code: 'header.cut',
      severity: 'warning',
      at: { from: header.commentFrom, to: header.to },
      message: 'The value ends before the “#”.',
      detail:
        'In a header “#” begins a comment wherever it stands, in an address, too. Write it as %23 where the server takes that.',
    });
}

function lintAgent(context: LintContext, view: StageView): void {
  const { add, dialect } = context;
  const { stage } = view;
  const header = headerOf(stage, 'bootstrap');
  const agent = view.headerValue('bootstrap');
  if (header === null || agent === null || agent.includes('{{')) return;
  const at = { from: header.valueFrom, to: header.valueTo };
  if (agent === '') {
    add({
      code: 'bootstrap.empty',
      severity: 'error',
      at: { from: header.from, to: header.to },
      message: 'Bootstrap: has no agent.',
      detail: 'Say where the base comes from: “Bootstrap: docker” for an image of a registry.',
    });
    return;
  }
  if (!dialect.agents.has(agent)) {
    const word = definitionWords.agents.find(({ name }) => name === agent);
    const sameLetters = [...dialect.agents].find((name) => name === agent.toLowerCase());
    const meant = sameLetters ?? closest(agent, dialect.agents);
    add({
      code: sameLetters === undefined ? 'bootstrap.unknown' : 'bootstrap.case',
      severity: 'error',
      at,
      message:
        word !== undefined
          ? `${dialect.label ?? 'The runtime'} has no agent ${quoted(agent)}.`
          : sameLetters !== undefined
            ? `The agent is written in lower case: “${sameLetters}”.`
            : `There is no agent ${quoted(agent)}.`,
      detail:
        word?.documentation ??
        (sameLetters !== undefined
          ? 'Names of headers may be written in any case, the agent may not.'
          : meant !== null
            ? `Did you mean “${meant}”?`
            : `The agents are ${[...dialect.agents].sort().join(', ')}.`),
      fix:
        meant === null || header.value.includes('{{')
          ? null
          : { title: `Change to “${meant}”`, edits: [{ ...at, text: meant }] },
      refusal: 'invalid build source',
    });
    return;
  }
  lintNeeds(context, view, { header, agent });
}

function lintNeeds(
  { add, dialect }: LintContext,
  { stage, headerValue }: StageView,
  { header, agent }: { readonly header: Header; readonly agent: string },
): void {
  const word = definitionWords.agents.find(({ name }) => name === agent);
  if (word === undefined) return;
  const at = { from: header.from, to: header.to };
  const mirror = headerValue('mirrorurl') ?? '';
  const required = [
    ...word.requiredHeaders,
    ...(/%\{OSVERSION\}/i.test(mirror) && !word.requiredHeaders.includes('OSVersion') ? ['OSVersion'] : []),
  ];
  for (const name of required)
    if ((headerValue(name.toLowerCase()) ?? '') === '')
      add({
        code: 'header.missing',
        severity: 'error',
        at,
        message: `“${agent}” needs the header ${name}:.`,
        detail: definitionWords.headers.find((one) => one.name === name)?.documentation ?? word.documentation,
        fix: { title: `Add ${name}:`, edits: [{ from: header.to, to: header.to, text: `\n${name}: ` }] },
      });
  const usable = new Set(
    ['Bootstrap', 'Stage', 'IncludeCmd', ...word.requiredHeaders, ...word.optionalHeaders].map((name) =>
      name.toLowerCase(),
    ),
  );
  for (const other of stage.headers)
    if (
      isKnownHeader(other.name, dialect) &&
      !usable.has(other.name) &&
      !(agent === 'zypper' && other.name.startsWith('otherurl'))
    )
      add({
        code: 'header.unused',
        severity: 'hint',
        at: { from: other.nameFrom, to: other.nameTo },
        message: `“${agent}” does not use this header.`,
        detail: `It is read, and has no effect. “${agent}” takes ${[...word.requiredHeaders, ...word.optionalHeaders].join(', ') || 'no headers'}.`,
      });
  lintFrom(
    { add, dialect },
    { from: headerOf(stage, 'from'), agent, hasLibrary: headerValue('library') !== null, at },
  );
}

function lintFrom(
  { add, dialect }: Pick<LintContext, 'add' | 'dialect'>,
  {
    from,
    agent,
    hasLibrary,
    at,
  }: {
    readonly from: Header | null;
    readonly agent: string;
    readonly hasLibrary: boolean;
    readonly at: { readonly from: number; readonly to: number };
  },
): void {
  const scheme = /^[a-z-]+:\/\//.exec(from?.value ?? '')?.[0] ?? null;
  if (from !== null && scheme !== null && !['localimage', 'library'].includes(agent))
    add({
      code: 'from.scheme',
      severity: 'error',
      at: { from: from.valueFrom, to: from.valueFrom + scheme.length },
      message: `From: is written without ${quoted(scheme)}.`,
      detail: 'The agent says already what kind of source it is; From: names the image alone.',
      fix: {
        title: `Remove “${scheme}”`,
        edits: [{ from: from.valueFrom, to: from.valueFrom + scheme.length, text: '' }],
      },
    });
  const isApptainer = dialect.label === null || dialect.label.startsWith('Apptainer');
  if (agent === 'library' && !hasLibrary && isApptainer)
    add({
      code: 'library.none',
      severity: 'warning',
      at,
      message: 'Apptainer has no library by default.',
      detail:
        'Name the server with “Library: https://…”, or take the same image from a registry with “Bootstrap: docker”.',
    });
}
