import { quoteWord } from '../shellWords.ts';
import type { Conversion } from './conversion.ts';
import type { ConvertedStage } from './convertedStage.ts';
import { type DockerfileInstruction, execForm } from './dockerfileText.ts';
import { isSectionLine } from './sourceText.ts';

const placeholder = /\{\{\s*\w+\s*\}\}/;

/** What a definition file would take apart in a text: a section line, a stage, a build argument. */
export function breaksDefinition(lines: readonly string[]): boolean {
  return (
    lines.some((line) => isSectionLine(line) || /^bootstrap:/i.test(line)) ||
    placeholder.test(lines.join('\n'))
  );
}

/** RUN → lines of `%post`. In Docker each one has a shell of its own; here those that change it get one, too. */
export function convertRun(
  { note }: Conversion,
  stage: ConvertedStage,
  instruction: DockerfileInstruction,
): void {
  stage.hasRun = true;
  for (const { name, value } of instruction.flags)
    note(
      instruction,
      name === 'mount'
        ? `--mount=${value} is left out: ${/(?:^|,)type=(?:bind|secret|ssh)/.test(value) || !value.includes('type=') ? 'bind what it needs for the build.' : 'nothing is kept between builds.'}`
        : `--${name} is left out: a build has no such setting for one command.`,
    );
  const lines = scriptOf(instruction);
  const text = lines.join('\n');
  if (breaksDefinition(lines)) {
    note(
      instruction,
      placeholder.test(text)
        ? 'It has {{ name }}, which a definition file takes as a build argument. Put the command into a script, and copy that with %files.'
        : 'A line of it begins with “%” or “Bootstrap:”, which a definition file takes as its own. Put the text into a file, and copy that with %files.',
    );
    stage.post.push(`    # Line ${instruction.line} of the Dockerfile is not carried over.`);
    return;
  }
  for (const line of changesShell.test(text) ? ['    (', ...lines, '    )'] : lines) stage.post.push(line);
}

const changesShell =
  /(?:^|[\n;&|({]|\b(?:then|do|else)\b)[ \t]*(?:cd|pushd|popd|set|export|unset|umask|exit|exec|alias|\.|source|\w+=\S*\s*(?:$|[\n;&]))(?:\s|$)/;

function scriptOf({ lines, content, hereDocuments }: DockerfileInstruction): readonly string[] {
  const exec = execForm(content);
  if (exec !== null) return [`    ${exec.map(quoteWord).join(' ')}`];
  const only = hereDocuments.length === 1 ? hereDocuments[0] : undefined;
  const whole = /^<<-?(['"]?)[\w.-]+\1\s*(.*)$/.exec(content);
  if (only !== undefined && whole !== null) {
    const interpreter = whole[2] ?? '';
    const first = only.body[0] ?? '';
    if (interpreter === '' && !first.startsWith('#!')) return ['    (', ...only.body, '    )'];
    const program = interpreter === '' ? first.slice(2).trim() : interpreter;
    const quote = only.isQuoted || interpreter === '' ? "'" : '';
    return [`    ${program} <<${quote}${only.delimiter}${quote}`, ...only.body, only.delimiter];
  }
  const isCut = lines.some((line) => /^\s*%/.test(line));
  const script = isCut ? [content] : lines.map((line) => line.trim());
  const written = script.map((line, index) =>
    `${index === 0 ? '    ' : '        '}${line}${index === script.length - 1 ? '' : ' \\'}`.replace(
      /\s+\\$/,
      ' \\',
    ),
  );
  return [...written, ...hereDocuments.flatMap(({ body, delimiter }) => [...body, delimiter])];
}
