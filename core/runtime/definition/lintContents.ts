import { type Section, sectionsOf } from './definitionDocument.ts';
import { isShellSection, type LintContext, quoted, type StageView } from './lintContext.ts';
import { isSecret, passwordInAddress } from './secretNames.ts';
import type { ShellScript } from './shellText.ts';
import { indentation, trimSpace } from './sourceText.ts';

/** What ends up in the image: environment, labels, and what should not. */
export function lintContents(context: LintContext): void {
  for (const view of context.stages) {
    for (const section of sectionsOf(view.stage, 'environment'))
      lintEnvironment(context, context.script(section));
    for (const section of [...sectionsOf(view.stage, 'labels'), ...sectionsOf(view.stage, 'applabels')])
      lintLabels(context, section);
    lintSecrets(context, view);
  }
}

function lintEnvironment({ add, document }: LintContext, script: ShellScript): void {
  for (const at of script.functions)
    add({
      code: 'environment.function',
      severity: 'warning',
      at,
      message: `The function ${quoted(at.text)} is gone when the program starts.`,
      detail: 'Of %environment only exported variables stay. Put a script into /usr/local/bin in %post.',
    });
  const exported = new Set<string>();
  let exportsAll = false;
  for (const { words } of script.commands) {
    if (words[0]?.text === 'export')
      for (const { text } of words.slice(1)) exported.add(text.split('=')[0] ?? '');
    if (words[0]?.text === 'set' && words.some(({ text }) => text === '-a' || text === 'allexport'))
      exportsAll = true;
  }
  for (const { words } of script.commands) {
    const [first, second] = words;
    if (first === undefined) continue;
    const at = { from: first.from, to: words.at(-1)?.to ?? first.to };
    const name = /^(\w+)=/.exec(first.text)?.[1];
    if (first.text === 'alias')
      add({
        code: 'environment.alias',
        severity: 'warning',
        at,
        message: 'An alias is gone when the program starts.',
        detail: 'Of %environment only exported variables stay. Put a script into /usr/local/bin in %post.',
      });
    else if (second?.text === 'activate' && /^(?:conda|mamba|micromamba|source|\.)$/.test(first.text))
      add({
        code: 'environment.condaActivate',
        severity: 'warning',
        at,
        message: 'Activating an environment does not work here.',
        detail:
          'It needs the shell functions that a login sets up. Put its folder in front: export PATH=/opt/env/bin:$PATH.',
      });
    else if (name !== undefined && words.length === 1 && !exportsAll && !exported.has(name))
      add({
        code: 'environment.notExported',
        severity: 'warning',
        at,
        message: `${quoted(name)} is not exported, and programs will not see it.`,
        detail: 'Write “export” before it.',
        fix: { title: 'Export it', edits: [{ from: first.from, to: first.from, text: 'export ' }] },
      });
  }
  lintSecretAssignments({ add, document }, script, 'environment');
}

function lintLabels({ add }: LintContext, section: Section): void {
  for (const line of section.body) {
    const text = trimSpace(line.text);
    if (text === '' || text.startsWith('#')) continue;
    const from = line.from + indentation(line.text);
    const space = text.indexOf(' ');
    const key = space < 0 ? text : text.slice(0, space);
    const tab = key.indexOf('\t');
    if (tab >= 0)
      add({
        code: 'labels.tab',
        severity: 'warning',
        at: { from, to: from + tab + 1 },
        message: 'A tab does not end the name of a label.',
        detail: 'The name goes on to the first space. Put a space after it.',
        fix: { title: 'Write a space', edits: [{ from: from + tab, to: from + tab + 1, text: ' ' }] },
      });
    const [name = '', value] =
      tab >= 0 ? [key.slice(0, tab), text.slice(tab + 1)] : [key, text.slice(space + 1)];
    if (space < 0 && tab < 0)
      add({
        code: 'labels.noValue',
        severity: 'hint',
        at: { from, to: from + text.length },
        message: `The label ${quoted(text)} has no value.`,
        detail: /[=:]/.test(text)
          ? 'A label is written “NAME value”, with a space between them.'
          : 'It is written “NAME value”.',
      });
    else if (isSecret(name, trimSpace(value ?? '')))
      add(
        secretFinding(
          { from, to: from + text.length },
          name,
          'Labels can be read by everybody who has the image.',
        ),
      );
  }
}

const stays = 'The definition is stored in the image, where everybody who has it can read it.';

function secretFinding(at: { readonly from: number; readonly to: number }, name: string, why: string) {
  return {
    code: 'secret.inFile',
    severity: 'warning',
    at,
    message: `${quoted(name)} looks like a secret, and it would be in the image.`,
    detail: `${why} Give it when the image is run, or bind a file for the build.`,
  } as const;
}

function lintSecrets(context: LintContext, view: StageView): void {
  const { add, given, document } = context;
  for (const one of view.defaults)
    if (isSecret(one.name, one.value)) add(secretFinding({ from: one.from, to: one.to }, one.name, stays));
  const told = new Set<string>();
  for (const { name, from, to, isSkipped } of view.placeholders)
    if (!isSkipped && !told.has(name) && Object.hasOwn(given, name) && isSecret(name, given[name] ?? '')) {
      told.add(name);
      add(
        secretFinding(
          { from, to },
          name,
          'The value of a build argument is written into the definition that the image keeps.',
        ),
      );
    }
  for (const section of view.stage.sections)
    if (isShellSection(section) && section.name !== 'environment')
      lintSecretAssignments({ add, document }, context.script(section), 'script');
  for (const line of view.stage.lines) {
    const found = passwordInAddress(line.text);
    if (found !== null)
      add({
        code: 'secret.inAddress',
        severity: 'warning',
        at: { from: line.from + found.from, to: line.from + found.to },
        message: 'There is a password in this address, and it would be in the image.',
        detail: `${stays} Fetch the file before the build, and copy it with %files.`,
      });
  }
}

function lintSecretAssignments(
  { add }: Pick<LintContext, 'add' | 'document'>,
  { commands }: ShellScript,
  where: 'environment' | 'script',
): void {
  for (const { words } of commands)
    for (const { text, from, to } of words) {
      const equals = text.indexOf('=');
      if (equals < 1 || equals > 100) continue;
      const name = text.slice(0, equals);
      if (/^\w+$/.test(name) && isSecret(name, text.slice(equals + 1)))
        add(
          secretFinding(
            { from, to },
            name,
            where === 'environment'
              ? 'Every program in the image sees it, and so does everybody who has the image.'
              : stays,
          ),
        );
    }
}
