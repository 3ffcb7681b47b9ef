import type { ConvertedDockerfile } from '#core/contract/definitions.ts';
import { absolute, type Conversion, expanded } from './conversion.ts';
import { convertCopy } from './convertCopy.ts';
import {
  type ConvertedStage,
  createStage,
  type Invocation,
  inQuotes,
  repeatedStage,
  stageText,
} from './convertedStage.ts';
import { convertRun } from './convertRun.ts';
import {
  type DockerfileInstruction,
  execForm,
  isInstruction,
  pairsOf,
  parseDockerfile,
  wordsOf,
} from './dockerfileText.ts';

/** No Dockerfile that a person wrote has so many. */
const mostInstructions = 2000;

/**
 * Text of a Dockerfile → a definition file that does the same as far as one can, and every line that it does not carry
 * over, with the reason. Never fails: what cannot be read is listed.
 */
export function convertDockerfile(text: string): ConvertedDockerfile {
  const unsupported: ConvertedDockerfile['unsupported'] = [];
  const conversion: Conversion = {
    stages: [],
    globalArguments: new Map(),
    note: ({ line, text: written }, reason) => {
      if (unsupported.length < 1000) unsupported.push({ line, text: written.slice(0, 500), reason });
    },
  };
  const all = parseDockerfile(text);
  const instructions = all.slice(0, mostInstructions);
  const beyond = all[mostInstructions];
  if (beyond !== undefined)
    conversion.note(beyond, 'The file is too long: from here on nothing is converted.');
  const from = instructions.filter(({ keyword }) => keyword === 'FROM');
  const last = from.at(-1);
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') beginStage(conversion, instruction, instruction === last);
    else convertInstruction(conversion, instruction);
  }
  if (last === undefined) return { definition: '', unsupported };
  return { definition: `${conversion.stages.map(stageText).join('\n\n')}\n`, unsupported };
}

function beginStage(conversion: Conversion, instruction: DockerfileInstruction, isLast: boolean): void {
  const { stages, globalArguments, note } = conversion;
  const [image = '', as = '', name = ''] = wordsOf(instruction.content).map(({ text }) => text);
  if (image === '') note(instruction, 'It names no base image.');
  for (const flag of instruction.flags)
    note(
      instruction,
      `--${flag.name} is left out: build on a host of that architecture, or choose one for the build.`,
    );
  // Stages that were made for COPY --from=IMAGE do not count.
  const index = stages.filter(({ name: other }) => other?.startsWith('image-') !== true).length;
  const written = as.toUpperCase() === 'AS' && /^[\w.-]+$/.test(name) ? name.toLowerCase() : null;
  const ownName = written ?? (isLast ? null : `stage-${index}`);
  const earlier = stages.find((stage) => stage.name === image.toLowerCase());
  if (earlier !== undefined) {
    stages.push(repeatedStage(ownName, earlier));
    return;
  }
  const stage = createStage(ownName, image);
  stage.base = image.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
    const argument = braced ?? plain ?? '';
    const value = globalArguments.get(argument);
    if (value === undefined) {
      note(instruction, `${whole} has no value: no ARG before FROM names it.`);
      return '';
    }
    stage.buildArguments.set(argument, value);
    return `{{ ${argument} }}`;
  });
  if (stage.base.includes('$'))
    note(instruction, 'This form of a variable is not understood: write the image out.');
  stages.push(stage);
}

function convertInstruction(conversion: Conversion, instruction: DockerfileInstruction): void {
  const { stages, note } = conversion;
  const { keyword, content } = instruction;
  const stage = stages.at(-1);
  if (stage === undefined) {
    if (keyword === 'ARG')
      for (const { name, value } of pairsOf(content)) conversion.globalArguments.set(name, value);
    else
      note(
        instruction,
        isInstruction(keyword) ? 'It stands before FROM.' : 'This is no instruction of a Dockerfile.',
      );
    return;
  }
  switch (keyword) {
    case 'RUN':
      convertRun(conversion, stage, instruction);
      break;
    case 'COPY':
    case 'ADD':
      convertCopy(conversion, stage, instruction);
      break;
    case 'ENV':
      convertEnv(conversion, stage, instruction);
      break;
    case 'ARG':
      convertArg(conversion, stage, instruction);
      break;
    case 'WORKDIR':
      convertWorkdir(conversion, stage, instruction);
      break;
    case 'LABEL':
      convertLabel(conversion, stage, instruction);
      break;
    case 'MAINTAINER':
      stage.labels.push(`    Maintainer ${content}`);
      break;
    case 'ENTRYPOINT':
      stage.entrypoint = invocationOf(content);
      // As in Docker: an entrypoint takes away the command of what stands above.
      stage.command = null;
      break;
    case 'CMD':
      stage.command = invocationOf(content);
      break;
    case 'SHELL':
      convertShell(conversion, stage, instruction);
      break;
    default:
      note(instruction, reasons[keyword] ?? 'This is no instruction of a Dockerfile.');
  }
}

const reasons: Readonly<Record<string, string>> = {
  USER: 'The image runs as whoever starts it, and everything here is done as root.',
  EXPOSE: 'Nothing needs to be opened: programs in the image use the ports of the host.',
  VOLUME: 'An image has no volumes: bind a folder when it is run.',
  HEALTHCHECK: 'There are no health checks. A section %test can hold the command.',
  STOPSIGNAL: 'An instance is stopped with the signal that is asked for then.',
  ONBUILD: 'Nothing is done when another image builds upon this one.',
};

function convertEnv({ note }: Conversion, stage: ConvertedStage, instruction: DockerfileInstruction): void {
  for (const { name, value, isLiteral } of pairsOf(instruction.content)) {
    if (!/^[A-Za-z_]\w*$/.test(name) || /[\n\0]/.test(value)) {
      note(instruction, `${name} is not a variable that a shell can set.`);
      continue;
    }
    const text = isLiteral
      ? value.replaceAll('$', '\\$')
      : value.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) =>
          stage.buildArguments.has(braced ?? plain ?? '') ? `{{ ${braced ?? plain} }}` : whole,
        );
    const line = `    export ${name}=${isLiteral ? `"${value.replaceAll(/["\\`$]/g, '\\$&')}"` : inQuotes(text)}`;
    stage.environment.push(line);
    stage.post.push(line);
    stage.known.set(name, expanded(text, stage.known) ?? '');
  }
}

const platformArguments = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/;

function convertArg(
  { globalArguments, note }: Conversion,
  stage: ConvertedStage,
  instruction: DockerfileInstruction,
): void {
  const hasValue = instruction.content.includes('=');
  for (const { name, value } of pairsOf(instruction.content)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      note(instruction, `${name} is not a name that a build argument can have.`);
      continue;
    }
    if (platformArguments.test(name))
      note(instruction, `${name} is not set by the build: give it a value when you build.`);
    const text = expanded(hasValue ? value : (globalArguments.get(name) ?? ''), stage.known) ?? '';
    if (/["\\`\n]/.test(text))
      note(instruction, 'The default has quotes or backslashes: check it in %arguments.');
    stage.buildArguments.set(name, text.replaceAll(/["\\`\n]/g, ''));
    stage.known.set(name, `{{ ${name} }}`);
    stage.post.push(`    export ${name}="{{ ${name} }}"`);
  }
}

function convertWorkdir(
  { note }: Conversion,
  stage: ConvertedStage,
  instruction: DockerfileInstruction,
): void {
  const folder = expanded(wordsOf(instruction.content)[0]?.text ?? '', stage.known);
  if (folder === null || folder === '') {
    note(instruction, 'The folder is not understood: write it out.');
    return;
  }
  stage.workingFolder = absolute(folder, stage.workingFolder);
  const path = inQuotes(stage.workingFolder);
  stage.post.push(`    mkdir -p ${path}`, `    cd ${path}`);
}

function convertLabel({ note }: Conversion, stage: ConvertedStage, instruction: DockerfileInstruction): void {
  for (const { name, value } of pairsOf(instruction.content)) {
    if (/\s/.test(name) || name === '' || name.startsWith('%'))
      note(instruction, 'The name of a label has no spaces.');
    else
      stage.labels.push(
        `    ${name} ${(expanded(value, stage.known) ?? value).replaceAll(/\s+/g, ' ').trim()}`,
      );
  }
}

function invocationOf(content: string): Invocation {
  const exec = execForm(content);
  return exec === null ? { form: 'shell', line: content } : { form: 'exec', words: exec };
}

function convertShell({ note }: Conversion, stage: ConvertedStage, instruction: DockerfileInstruction): void {
  const [program = '', ...options] = execForm(instruction.content) ?? [];
  if (!/^(?:\/(?:usr\/)?bin\/)?(?:ba)?sh$/.test(program)) {
    note(instruction, 'Only /bin/sh and bash can run %post.');
    return;
  }
  if (stage.hasRun) note(instruction, 'It counts for all of %post, for what stands above it, too.');
  stage.postShell = program.endsWith('bash') ? (program.startsWith('/') ? program : '/bin/bash') : null;
  if (
    options.includes('pipefail') ||
    options.some((option) => /^-\w*o$/.test(option) && options.includes('pipefail'))
  )
    stage.post.push('    set -o pipefail');
}
