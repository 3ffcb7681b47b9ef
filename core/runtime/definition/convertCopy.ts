import { absolute, type Conversion, expanded } from './conversion.ts';
import { type ConvertedStage, createStage, inQuotes } from './convertedStage.ts';
import { breaksDefinition } from './convertRun.ts';
import { type DockerfileInstruction, execForm, wordsOf } from './dockerfileText.ts';

/** COPY and ADD → lines of `%files`, or of `%post` for texts that stand in the Dockerfile itself. */
export function convertCopy(
  conversion: Conversion,
  stage: ConvertedStage,
  instruction: DockerfileInstruction,
): void {
  const { note } = conversion;
  const flags = new Map(instruction.flags.map(({ name, value }) => [name, value]));
  for (const [name, value] of flags) {
    const reason = flagReason(name, value);
    if (reason !== null) note(instruction, reason);
  }
  const words = (
    execForm(instruction.content) ?? wordsOf(instruction.content).map(({ text }) => text)
  ).filter((word) => !(instruction.hereDocuments.length > 0 && word.startsWith('<<')));
  const paths = words.map((word) => expanded(word, stage.known));
  const written = paths.at(-1);
  const sources = paths.slice(0, -1);
  if (written === undefined || written === null || sources.includes(null)) {
    note(instruction, 'A path of it is not understood: write it out in %files.');
    return;
  }
  const destination = absolute(written, stage.workingFolder);
  if (instruction.hereDocuments.length > 0) copyTexts(conversion, stage, { instruction, destination });
  const from = originOf(conversion, stage, flags.get('from') ?? null);
  for (const source of sources)
    if (source !== null) copyFile(conversion, stage, { instruction, source, destination, from });
  if (stage.hasRun && sources.length > 0)
    note(
      instruction,
      'Files are copied before all of %post, also before the RUN lines that stand above this.',
    );
}

function flagReason(name: string, value: string): string | null {
  switch (name) {
    case 'from':
    case 'link':
      return null;
    case 'chown':
      return `The owner is not set: add “chown ${value}” to %post if it matters.`;
    case 'chmod':
      return `The mode is not set: add “chmod ${value}” to %post if it matters.`;
    default:
      return `--${name} is left out: %files has nothing like it.`;
  }
}

/** The stage that files come from; one is made for an image that is named directly. Empty is the host. */
function originOf({ stages }: Conversion, stage: ConvertedStage, from: string | null): string {
  if (from === null || from === '') return '';
  const own = stages.filter(({ name }) => name?.startsWith('image-') !== true);
  const named =
    stages.find(({ name }) => name === from.toLowerCase()) ??
    (/^\d+$/.test(from) ? own[Number(from)] : undefined);
  if (named?.name !== undefined && named.name !== null) return named.name;
  const image = expanded(from, stage.known) ?? from;
  const known = stages.find(({ name, base }) => name?.startsWith('image-') === true && base === image);
  if (known?.name !== undefined && known.name !== null) return known.name;
  const name = `image-${stages.length - own.length + 1}`;
  stages.splice(stages.indexOf(stage), 0, createStage(name, image));
  return name;
}

function copyFile(
  { note }: Conversion,
  stage: ConvertedStage,
  {
    instruction,
    source,
    destination,
    from,
  }: {
    readonly instruction: DockerfileInstruction;
    readonly source: string;
    readonly destination: string;
    readonly from: string;
  },
): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(source)) {
    note(instruction, 'Addresses are not fetched: use curl or git in %post, or fetch it before the build.');
    return;
  }
  if (/["\n]/.test(source + destination)) {
    note(instruction, '%files cannot express this name.');
    return;
  }
  if (instruction.keyword === 'ADD' && /\.(?:tar(?:\.\w+)?|tgz|txz|tbz2?)$/i.test(source))
    note(instruction, `The archive is copied as it is: unpack it in %post with “tar -xf”.`);
  if (from === '' ? /^\/(?:var\/)?tmp(?:\/|$)/.test(destination) : /^\/?(?:var\/)?tmp\//.test(source))
    note(
      instruction,
      '%post works with /tmp and /var/tmp of the machine that builds, not of the image: take another folder here, and where it is used.',
    );
  const isFolderLike = source.endsWith('/') || !/[.*?]/.test(source.slice(source.lastIndexOf('/') + 1));
  if (isFolderLike && destination.endsWith('/'))
    note(
      instruction,
      `If ${source} is a folder, it lands inside the destination: Docker copies what is in it.`,
    );
  const lines = stage.files.get(from) ?? [];
  lines.push(`    ${fileWord(from === '' ? source : absolute(source, '/'))} ${fileWord(destination)}`);
  stage.files.set(from, lines);
}

function fileWord(path: string): string {
  return /[\s']/.test(path) ? `"${path}"` : path;
}

function copyTexts(
  { note }: Conversion,
  stage: ConvertedStage,
  { instruction, destination }: { readonly instruction: DockerfileInstruction; readonly destination: string },
): void {
  for (const { delimiter, isQuoted, body } of instruction.hereDocuments) {
    const path = destination.endsWith('/') ? `${destination}${delimiter}` : destination;
    if (breaksDefinition(body)) {
      note(
        instruction,
        'A line of the text means something in a definition file. Put the text into a file, and copy that with %files.',
      );
      continue;
    }
    const quote = isQuoted ? "'" : '';
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    const lines = [
      `    mkdir -p ${inQuotes(folder)}`,
      `    cat > ${inQuotes(path)} <<${quote}${delimiter}${quote}`,
      ...body,
      delimiter,
    ];
    for (const line of lines) stage.post.push(line);
  }
}
