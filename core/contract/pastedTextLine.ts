import { engineRunGrammar, fetchGrammar, passwordOf, readOptions, sharedOf } from './pastedTextOptions.ts';
import type { PastedPart, PastedWarning } from './pastedTextParts.ts';
import { archivePath, withDocker } from './pastedTextReference.ts';
import { readRuntimeLine } from './pastedTextRuntime.ts';

/** Programs that start another one, whose line follows their own options. */
const wrappers = new Set(
  'sudo doas time nohup nice ionice env exec srun salloc mpirun mpiexec mpiexec.hydra orterun prun aprun jsrun flux ibrun strace timeout xvfb-run command then do'.split(
    ' ',
  ),
);
const engines = new Set(['docker', 'podman', 'nerdctl', 'buildah', 'finch', 'udocker']);
const shells = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh']);
const programs = new Set([
  ...engines,
  ...shells,
  ...'singularity apptainer sbatch skopeo crane regctl oras ctr crictl enroot shifterimg shifter sarus ch-image shpc wget curl aria2c'.split(
    ' ',
  ),
]);

/** A definition's `From:` is of the kind that its `Bootstrap:` names. */
export function withBootstrap(commands: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const agent = commands.find(([first]) => /^bootstrap:$/i.test(first ?? ''))?.[1];
  if (agent === undefined) return commands;
  return commands.map((words) => {
    const [first = '', name = ''] = words;
    return /^from:$/i.test(first) && !name.includes('://') ? [first, `${agent}://${name}`] : words;
  });
}

/**
 * One command as words → the images that it names; null where it is no line of a program or file that is known. Words
 * are only looked at.
 */
export function readLine(words: readonly string[]): readonly PastedPart[] | null {
  const start = commandAt(words);
  if (start === null) return readFileLine(words);
  const program = nameOf(words[start] ?? '');
  const rest = words.slice(start + 1);
  const before = words.slice(0, start);
  const isPlain = before.some((word) => /^(?:SINGULARITY|APPTAINER)_NO_?HTTPS=(?:1|true|yes)$/i.test(word));
  const hasPassword = before.some((word) => /^\w*(?:PASSWORD|TOKEN|SECRET)\w*=./i.test(word));
  const parts = partsOf(program, rest);
  const found = parts.some((part) => part.reference !== null || part.explanation !== undefined)
    ? parts
    : [{ reference: null, explanation: { code: 'lineWithoutImage' as const, facts: { program } } }];
  return found.map((part) => ({
    ...part,
    allowHttp: (part.allowHttp ?? false) || isPlain,
    warnings: hasPassword
      ? [...new Set<PastedWarning>([...(part.warnings ?? []), 'passwordLeftOut'])]
      : (part.warnings ?? []),
  }));
}

/** Where the program stands, behind what starts it and what is set for it; null where none that is known does. */
function commandAt(words: readonly string[]): number | null {
  let isWrapped = false;
  for (const [at, word] of words.entries()) {
    const name = nameOf(word);
    if (programs.has(name)) return at;
    if (wrappers.has(name)) isWrapped = true;
    else if (!isWrapped && !/^[A-Za-z_]\w*=/.test(word)) return null;
  }
  return null;
}

function nameOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

function partsOf(program: string, words: readonly string[]): readonly PastedPart[] {
  if (program === 'singularity' || program === 'apptainer') return readRuntimeLine(program, words);
  if (engines.has(program)) return readEngine(program, words);
  switch (program) {
    case 'sh':
    case 'bash':
    case 'zsh':
    case 'dash':
    case 'ksh':
      return inner(words[words.indexOf('-c') + 1] ?? '', words.includes('-c'));
    case 'sbatch': {
      const wrap = words.find((word) => word.startsWith('--wrap='))?.slice(7);
      return inner(
        wrap ?? words[words.indexOf('--wrap') + 1] ?? '',
        wrap !== undefined || words.includes('--wrap'),
      );
    }
    case 'skopeo':
    case 'crane':
    case 'regctl':
    case 'ctr':
    case 'crictl':
    case 'oras':
      return readFetcher(program, words);
    case 'wget':
    case 'curl':
    case 'aria2c':
      // Other files than images are fetched by such lines, too.
      return words
        .filter((word) => /^https?:\/\/.*(?:\.(?:sif|simg|sqsh|squashfs)|\/singularity\/[^/]+)$/i.test(word))
        .map((reference) => taken(program, reference));
    default:
      return readOtherPuller(program, words);
  }
}

/** The line within `bash -c '…'`, one command deep. */
function inner(line: string, isThere: boolean): readonly PastedPart[] {
  return isThere ? (readLine(line.split(/\s+/).filter((word) => word !== '')) ?? []) : [];
}

function taken(program: string, reference: string, more: Partial<PastedPart> = {}): PastedPart {
  return { reference, explanation: { code: 'command', facts: { program } }, ...more };
}

/** Verbs of docker and its like that name an image to be run or made from, and are words of their own. */
const runVerbs = new Set(['run', 'create', 'exec', 'from']);

function readEngine(program: string, words: readonly string[]): readonly PastedPart[] {
  const [first = '', ...others] = readOptions(words, {
    withValue: new Set([
      '--context',
      '--host',
      '--config',
      '--log-level',
      '--root',
      '--namespace',
      '--connection',
    ]),
    lettersWithValue: 'Hcn',
    endsAtOperand: true,
  }).operands;
  const isGroup = ['image', 'container', 'manifest', 'buildx'].includes(first);
  const [verb = '', ...rest] = isGroup ? others.filter((word) => word !== 'imagetools') : [first, ...others];
  if (verb === 'push') return [{ reference: null, explanation: { code: 'pushLine', facts: {} } }];
  const isRun = runVerbs.has(verb);
  if (!isRun && verb !== 'pull' && verb !== 'inspect') return [];
  if (verb === 'exec') return [];
  const read = readOptions(rest, isRun ? engineRunGrammar : fetchGrammar);
  const names = isRun ? read.operands.slice(0, 1) : read.operands;
  return names.map((name) =>
    taken(program, withDocker(name), {
      ...sharedOf(read),
      warnings: [...(isRun ? ['onlyPulled' as const] : []), ...passwordOf(read)],
    }),
  );
}

function readFetcher(program: string, words: readonly string[]): readonly PastedPart[] {
  const read = readOptions(words, fetchGrammar);
  const [verb = '', ...operands] = read.operands;
  if (verb === 'push' || verb === 'cp')
    return [{ reference: null, explanation: { code: 'pushLine', facts: {} } }];
  const isGroup = operands.length > 1 && ['image', 'images', 'i', 'manifest'].includes(verb);
  const rest = isGroup ? operands.slice(1) : operands;
  const name = rest[0];
  if (name === undefined) return [];
  const isFile = /^(?:docker-archive|oci-archive|oci|dir):/.test(name);
  if (isFile)
    return [
      { reference: archivePath(name), isFile: true, explanation: { code: 'command', facts: { program } } },
    ];
  const reference = program === 'oras' ? (name.includes('://') ? name : `oras://${name}`) : withDocker(name);
  return [taken(program, reference, { ...sharedOf(read), warnings: passwordOf(read) })];
}

/** enroot, shifter, sarus, Charliecloud and shpc, each with its own way to write a name. */
function readOtherPuller(program: string, words: readonly string[]): readonly PastedPart[] {
  const read = readOptions(words, {
    withValue: new Set(['--output', '--arch', '--image', '--settings-file', '--username', '--view']),
    lettersWithValue: 'oas',
    endsAtOperand: false,
  });
  const [verb = '', name] = read.operands;
  const isPull = ['pull', 'import', 'install', 'show', 'run', 'add'].includes(verb);
  const image = read.options.get('--image') ?? (isPull ? name : undefined);
  if (image === undefined || image === '') return [];
  const plain = image.replace(/^docker:(?!\/\/)/, '');
  return [taken(program, withDocker(plain), { ...sharedOf(read) })];
}

/** `FROM image AS stage`, `From: image`, `image: image`, `container 'image'`: lines of files that name images. */
function readFileLine(words: readonly string[]): readonly PastedPart[] | null {
  const [first = '', ...rest] = words;
  const known =
    /^(?:FROM|From:|from:|image:|container:|singularity:|container|Bootstrap:|bootstrap:|#SBATCH|Include:|MirrorURL:|OSVersion:|-)$/;
  if (!known.test(first)) return null;
  if (first === '-') return readFileLine(rest);
  if (first === '#SBATCH' && rest[0]?.startsWith('--container-image=') === true) {
    return [
      { reference: withDocker(rest[0].slice(18)), explanation: { code: 'fileLine', facts: { word: first } } },
    ];
  }
  const isName = /^(?:FROM|[Ff]rom:|image:|container:?|singularity:)$/.test(first);
  const name = rest.find((word) => !word.startsWith('--') && word !== '=');
  if (!isName || name === undefined) return [];
  const platform = rest.find((word) => word.startsWith('--platform='))?.slice(11);
  return [
    {
      reference: withDocker(name),
      architecture:
        platform?.includes('/') === true && !platform.includes('$') ? (platform.split('/')[1] ?? null) : null,
      explanation: { code: 'fileLine', facts: { word: first.replace(':', '') } },
    },
  ];
}
