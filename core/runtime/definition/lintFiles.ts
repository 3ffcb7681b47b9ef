import { headerOf, type Section, sectionsOf } from './definitionDocument.ts';
import { type FilesOrigin, type FilesWord, filesOrigin, filesWordsOf } from './filesEntries.ts';
import { type LintContext, quoted } from './lintContext.ts';

/** What `%files` does with its lines. */
export function lintFiles(context: LintContext): void {
  const firstOf = new Map<string, number>();
  for (const { stage, index } of context.stages) {
    const name = headerOf(stage, 'stage')?.value;
    if (name !== undefined && !firstOf.has(name)) firstOf.set(name, index);
  }
  for (const view of context.stages)
    for (const section of sectionsOf(view.stage, 'files')) {
      const origin = filesOrigin(section);
      lintOrigin(context, section, { origin, index: view.index, firstOf });
      lintEntries(context, section, origin);
    }
}

function lintOrigin(
  { add }: LintContext,
  section: Section,
  {
    origin,
    index,
    firstOf,
  }: { readonly origin: FilesOrigin; readonly index: number; readonly firstOf: ReadonlyMap<string, number> },
): void {
  const at = { from: section.nameFrom, to: section.line.to };
  if (origin.kind === 'nothing') {
    add({
      code: 'files.argument',
      severity: 'error',
      at,
      message: 'Nothing of this section is copied.',
      detail: 'After %files there is either nothing, for files of the host, or “from STAGE”.',
    });
    return;
  }
  if (origin.kind === 'host') return;
  if (origin.word !== 'from')
    add({
      code: 'files.word',
      severity: 'warning',
      at,
      message: `${quoted(origin.word)} is taken as “from”.`,
      detail: 'Write “%files from STAGE”.',
    });
  if (origin.name.includes('{{')) return;
  const named = firstOf.get(origin.name);
  if (named !== undefined && named < index) return;
  add({
    code: 'files.stage',
    severity: 'error',
    at,
    message:
      named === undefined
        ? `There is no stage ${quoted(origin.name)}.`
        : `The stage ${quoted(origin.name)} is not an earlier one.`,
    detail:
      named === undefined
        ? 'A stage gets its name from a header “Stage: NAME”; capital and small letters differ.'
        : 'Stages are built in the order of the file: files can come only from one that stands further up.',
  });
}

function lintEntries({ add }: LintContext, section: Section, origin: FilesOrigin): void {
  let isTold = false;
  for (const line of section.body) {
    const words = filesWordsOf(line);
    const [source, , third] = words;
    const quote = words.find(({ text }) => text.startsWith("'"));
    if (quote !== undefined)
      add({
        code: 'files.singleQuote',
        severity: 'warning',
        at: quote,
        message: 'Single quotes do not keep a name together here.',
        detail: 'They become a part of the name. Use double quotes for names with spaces.',
      });
    else if (third !== undefined)
      add({
        code: 'files.moreThanTwo',
        severity: 'warning',
        at: { from: third.from, to: words.at(-1)?.to ?? third.to },
        message: 'Only the first two words of a line count; the rest is passed over.',
        detail: 'Write one source and one destination a line. Names with spaces stand in double quotes.',
      });
    lintTemporary({ add }, words, origin);
    if (!isTold && origin.kind === 'host' && source !== undefined && /[/*?\]]"?$/.test(source.text)) {
      isTold = true;
      add({
        code: 'files.links',
        severity: 'hint',
        at: source,
        message: 'Links are followed and owners are not kept.',
        detail:
          'Files of the host are copied with “cp -fLr”. Pack a tree as a tar file, and unpack it in %post, to keep them.',
      });
    }
  }
}

/** Seen with Apptainer 1.4.5: %post has /tmp and /var/tmp of the host in place of those of the image. */
function lintTemporary(
  { add }: Pick<LintContext, 'add'>,
  [source, destination]: readonly FilesWord[],
  origin: FilesOrigin,
): void {
  const isTemporary = (word: FilesWord | undefined) =>
    word !== undefined && /^"?\/(?:var\/)?tmp\//.test(word.text);
  const target = destination ?? source;
  if (origin.kind === 'stage' && source !== undefined && isTemporary(source))
    add({
      code: 'files.temporary',
      severity: 'warning',
      at: source,
      message: 'What %post writes into this folder is not in the stage.',
      detail:
        '%post works with /tmp and /var/tmp of the machine that builds. Write into another folder there.',
    });
  else if (target !== undefined && isTemporary(target))
    add({
      code: 'files.temporary',
      severity: 'warning',
      at: target,
      message: '%post will not see this file.',
      detail:
        '%post works with /tmp and /var/tmp of the machine that builds, not of the image. Copy to another folder, such as /opt.',
    });
}
