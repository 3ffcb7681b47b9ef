import type { Section } from './definitionDocument.ts';
import { sectionsOf } from './definitionDocument.ts';
import { isShellSection, type LintContext, quoted, type StageView } from './lintContext.ts';
import type { ShellCommand, ShellWord } from './shellText.ts';

/** Scripts: what fails or surprises in the shell of a build. */
export function lintShell(context: LintContext): void {
  for (const view of context.stages) {
    lintHostScripts(context, view);
    lintScratch(context, view);
    let hasUpdated = false;
    for (const section of view.stage.sections) {
      if (!isShellSection(section)) continue;
      const { commands } = context.script(section);
      const isPost = section.name === 'post' || section.name === 'appinstall';
      for (const command of commands) {
        lintQuotes(context, command);
        const words = programWords(command);
        const program = words[0]?.text ?? '';
        if (isPost) {
          if (isUpdate(words)) hasUpdated = true;
          lintInstall(context, view, { words, hasUpdated });
          lintPost(context, section, words);
        }
        if (dockerfileWords.has(program)) lintDockerfileWord(context, words);
      }
    }
  }
}

/** The words of a command from its program on, without assignments and `env` before it. */
function programWords({ words }: ShellCommand): readonly ShellWord[] {
  let at = 0;
  while (at < words.length && /^(?:\w+=|(?:env|exec|command)$)/.test(words[at]?.text ?? '')) at += 1;
  return words.slice(at);
}

function lintHostScripts({ add }: LintContext, { stage }: StageView): void {
  for (const section of stage.sections)
    if (section.name === 'setup' || section.name === 'pre')
      add({
        code: 'section.runsOnHost',
        severity: 'warning',
        at: { from: section.nameFrom, to: section.nameTo },
        message: `%${section.name} runs on the machine that builds, with all your rights.`,
        detail:
          'Read it before you build a file that is not yours. %files copies files without running anything.',
      });
}

function lintScratch({ add }: LintContext, view: StageView): void {
  if (view.headerValue('bootstrap') !== 'scratch') return;
  const post = sectionsOf(view.stage, 'post')[0];
  const isFilled = view.stage.sections.some(({ name }) => name === 'files' || name === 'setup');
  if (post === undefined || isFilled) return;
  add({
    code: 'post.noShell',
    severity: 'error',
    at: { from: post.nameFrom, to: post.nameTo },
    message: 'There is no shell for %post in an empty image.',
    detail: 'Put one in before, with %files or %setup: “scratch” begins with nothing at all.',
  });
}

/** Program → the words of it that install, and the options by which it does not ask. */
const installers: Readonly<Record<string, { readonly verbs: readonly string[]; readonly answers: RegExp }>> =
  {
    'apt-get': {
      verbs: ['install', 'upgrade', 'dist-upgrade'],
      answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|-q?qq|--yes|--assume-yes)$/,
    },
    apt: {
      verbs: ['install', 'upgrade', 'full-upgrade'],
      answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes)$/,
    },
    yum: { verbs: ['install', 'update', 'groupinstall'], answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--assumeyes)$/ },
    dnf: {
      verbs: ['install', 'update', 'upgrade', 'groupinstall'],
      answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--assumeyes)$/,
    },
    conda: { verbs: ['install', 'create', 'update'], answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--yes)$/ },
    mamba: { verbs: ['install', 'create', 'update'], answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--yes)$/ },
    micromamba: { verbs: ['install', 'create', 'update'], answers: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--yes)$/ },
  };

function isUpdate(words: readonly ShellWord[]): boolean {
  return /^apt(?:-get)?$/.test(words[0]?.text ?? '') && words.some(({ text }) => text === 'update');
}

function lintInstall(
  { add }: LintContext,
  view: StageView,
  { words: all, hasUpdated }: { readonly words: readonly ShellWord[]; readonly hasUpdated: boolean },
): void {
  const words = all[0]?.text === 'sudo' ? all.slice(1) : all;
  const [program] = words;
  if (program === undefined || !Object.hasOwn(installers, program.text)) return;
  const installer = installers[program.text];
  const verb = words.find(({ text }) => installer?.verbs.includes(text));
  if (installer === undefined || verb === undefined) return;
  const at = { from: program.from, to: verb.to };
  if (!words.some(({ text }) => installer.answers.test(text)))
    add({
      code: 'post.asks',
      severity: 'warning',
      at,
      message: `${quoted(`${program.text} ${verb.text}`)} asks before it does anything, and nobody can answer.`,
      detail: 'A build has no keyboard: the question ends it. “-y” says yes.',
      fix: { title: 'Add “-y”', edits: [{ from: verb.to, to: verb.to, text: ' -y' }] },
    });
  const isApt = program.text.startsWith('apt');
  const agent = view.headerValue('bootstrap') ?? '';
  if (isApt && verb.text === 'install' && !hasUpdated && !['localimage', 'debootstrap'].includes(agent))
    add({
      code: 'post.noUpdate',
      severity: 'warning',
      at,
      message: 'The package lists are not fetched before this.',
      detail: 'Images come without package lists, or with old ones: run “apt-get update” first.',
      fix: {
        title: 'Add “apt-get update”',
        edits: [{ from: program.from, to: program.from, text: 'apt-get update && ' }],
      },
    });
}

const bashOnly = new Set(['source', '[[', 'pushd', 'popd', 'shopt', 'declare', 'mapfile', 'readarray']);

function lintPost({ add }: LintContext, section: Section, words: readonly ShellWord[]): void {
  const [program, next] = words;
  if (program === undefined) return;
  if (program.text === 'sudo')
    add({
      code: 'post.sudo',
      severity: 'warning',
      at: program,
      message: 'There is no need for sudo: %post runs as root already.',
      detail: 'Most images do not have sudo, and then the build ends here.',
      ...(next === undefined
        ? {}
        : { fix: { title: 'Remove “sudo”', edits: [{ from: program.from, to: next.from, text: '' }] } }),
    });
  if (bashOnly.has(program.text) && !(section.argument ?? '').trim().startsWith('-c'))
    add({
      code: 'post.bashOnly',
      severity: 'warning',
      at: program,
      message: `${quoted(program.text)} needs bash, and %post runs in /bin/sh.`,
      detail:
        'In Debian, Ubuntu and Alpine /bin/sh is another shell. “%post -c /bin/bash” runs it in bash; a first line “#!/bin/bash” has no effect here.',
      ...(program.text === 'source'
        ? { fix: { title: 'Write “.”', edits: [{ from: program.from, to: program.to, text: '.' }] } }
        : {}),
    });
  if (/^conda$|^micromamba$|^mamba$/.test(program.text) && next?.text === 'activate')
    add({
      code: 'post.condaActivate',
      severity: 'warning',
      at: { from: program.from, to: next.to },
      message: `${quoted(`${program.text} activate`)} needs the shell functions that a login sets up.`,
      detail:
        'A build has none. Use “conda run -n NAME …”, or call programs by their path in the environment.',
    });
}

const dockerfileWords = new Set([
  'FROM',
  'RUN',
  'COPY',
  'ADD',
  'ENV',
  'ARG',
  'WORKDIR',
  'ENTRYPOINT',
  'CMD',
  'EXPOSE',
  'VOLUME',
  'LABEL',
]);

function lintDockerfileWord({ add }: LintContext, words: readonly ShellWord[]): void {
  const [program, next] = words;
  if (program === undefined || next === undefined) return;
  add({
    code: 'shell.dockerfileWord',
    severity: 'warning',
    at: program,
    message: `${quoted(program.text)} is an instruction of a Dockerfile, not a command.`,
    detail: dockerfileAdvice[program.text] ?? 'Scripts of a definition file are plain shell.',
    ...(program.text === 'RUN'
      ? { fix: { title: 'Remove “RUN”', edits: [{ from: program.from, to: next.from, text: '' }] } }
      : {}),
  });
}

const dockerfileAdvice: Readonly<Record<string, string>> = {
  RUN: 'Write the command alone.',
  COPY: 'Files are copied by a section %files.',
  ADD: 'Files are copied by a section %files.',
  ENV: 'Variables of the image are exported in %environment; for the build export them here.',
  WORKDIR: 'Use “cd” in the script.',
  LABEL: 'Labels stand in the section %labels.',
  ENTRYPOINT: 'What the image runs stands in %runscript.',
  CMD: 'What the image runs stands in %runscript.',
};

const replacements: readonly (readonly [RegExp, string])[] = [
  [/[“”„‟]/g, '"'],
  [/[‘’‚‛]/g, "'"],
  [/\u00a0/g, ' '],
  [/^[–—]/, '-'],
];

/** Quotes, spaces and dashes of a word processor, where the shell takes them as letters. */
function lintQuotes({ add }: LintContext, { words }: ShellCommand): void {
  for (const word of words) {
    if (!/[“”„‟‘’‚‛\u00a0–—]/.test(word.text)) continue;
    const bare = word.text.replaceAll(/"[^"]*"|'[^']*'/g, (part) => ' '.repeat(part.length));
    if (!/[“”„‟\u00a0]|(?:^|=)[‘’‚‛]|^[–—]+\w/.test(bare)) continue;
    let text = word.text;
    for (const [pattern, plain] of replacements) text = text.replaceAll(new RegExp(pattern, 'gu'), plain);
    add({
      code: 'shell.typographic',
      severity: 'warning',
      at: word,
      message: 'These quotes, spaces or dashes are those of a text, not of a shell.',
      detail: 'The shell takes them as letters of the word. They come from copying out of a document.',
      fix: { title: 'Write the plain ones', edits: [{ from: word.from, to: word.to, text }] },
    });
  }
}
