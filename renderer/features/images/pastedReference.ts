import { type ParsedReference, parseImageReference } from '#core/contract/imageReference.ts';
import { splitShellWords } from './shellSplit.ts';

/** What a pasted text means, before it is checked. */
export interface PastedReference {
  /** The reference as it will be used. */
  readonly reference: string;
  /** File name that a pasted `singularity pull NAME URI` line gave. */
  readonly fileName: string | null;
  /** OCI name of the architecture that a pasted line gave. */
  readonly architecture: string | null;
  /** How the text was taken, for the hint below the field. */
  readonly taken: 'asIs' | 'command' | 'webPage' | 'shortName';
  readonly parsed: ParsedReference;
}

const dockerPrograms = new Set(['docker', 'podman', 'nerdctl', 'buildah']);
const runtimePrograms = new Set(['singularity', 'apptainer']);
/** Options of the runtimes' pull and of docker pull whose value is the next word. */
const optionsWithValue = new Set([
  '--arch',
  '--arch-variant',
  '--platform',
  '--name',
  '--dir',
  '--library',
  '--docker-host',
  '--authfile',
  '--creds',
]);

/**
 * Text from a person → reference. Old command lines (`docker pull x`, `singularity pull docker://x`), addresses of
 * Docker Hub's and Quay's web pages and bare names (`alpine:3.20`) are understood, because those are what gets pasted.
 */
export function readPastedReference(text: string): PastedReference {
  const trimmed = text.trim();
  const command = readCommand(trimmed);
  if (command !== null) return finish(command.reference, { ...command, taken: 'command' });
  const page = readWebPage(trimmed);
  if (page !== null) return finish(page, { taken: 'webPage' });
  const short = readShortName(trimmed);
  if (short !== null) return finish(short, { taken: 'shortName' });
  return finish(trimmed, { taken: 'asIs' });
}

function finish(
  reference: string,
  facts: {
    readonly taken: PastedReference['taken'];
    readonly fileName?: string | null;
    readonly architecture?: string | null;
  },
): PastedReference {
  return {
    reference,
    fileName: facts.fileName ?? null,
    architecture: facts.architecture ?? null,
    taken: facts.taken,
    parsed: parseImageReference(reference),
  };
}

interface PastedCommand {
  readonly reference: string;
  readonly fileName: string | null;
  readonly architecture: string | null;
}

function readCommand(text: string): PastedCommand | null {
  const split = splitShellWords(text.replace(/^[$#]\s+/, ''));
  if (!split.ok) return null;
  const words = split.words[0] === 'sudo' ? split.words.slice(1) : split.words;
  const program = (words[0] ?? '').replace(/^.*\//, '');
  const { operands, architecture } = readOptions(words.slice(1));
  if (dockerPrograms.has(program)) {
    const rest = operands[0] === 'image' ? operands.slice(1) : operands;
    const name = rest[1];
    if (rest[0] !== 'pull' || name === undefined) return null;
    return { reference: withScheme(name), fileName: null, architecture };
  }
  if (!runtimePrograms.has(program)) return null;
  const at = operands.findIndex((word) => word.includes('://'));
  const reference = operands[at];
  if (reference === undefined) return null;
  const before = at > 1 ? operands[at - 1] : undefined;
  const namesFile = operands[0] === 'pull' || operands[0] === 'build';
  return {
    reference,
    fileName: namesFile && before !== undefined ? before.replace(/^.*\//, '') || null : null,
    architecture,
  };
}

function readOptions(words: readonly string[]): {
  readonly operands: readonly string[];
  readonly architecture: string | null;
} {
  const operands: string[] = [];
  let architecture: string | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (equals < 0 && optionsWithValue.has(name)) at += 1;
    const value = equals < 0 ? (words[at] ?? '') : word.slice(equals + 1);
    if (name === '--arch') architecture = value;
    if (name === '--platform') architecture = value.split('/')[1] ?? null;
  }
  return { operands, architecture };
}

/** `https://hub.docker.com/r/rocker/rstudio`, `https://hub.docker.com/_/alpine`, `https://quay.io/repository/a/b`. */
function readWebPage(text: string): string | null {
  const hub = /^https?:\/\/hub\.docker\.com\/(?:r\/([^/?#]+\/[^/?#]+)|_\/([^/?#]+))/.exec(text);
  if (hub !== null) return `docker://${hub[1] ?? hub[2] ?? ''}`;
  const quay = /^https?:\/\/quay\.io\/repository\/([^/?#]+\/[^/?#]+)/.exec(text);
  return quay === null ? null : `docker://quay.io/${quay[1] ?? ''}`;
}

/** `alpine`, `rocker/rstudio:4.5`, `ghcr.io/lab/tool:1`: what would be a file in a shell, but never is in this box. */
function readShortName(text: string): string | null {
  if (text === '' || text.includes('://') || /^[./~]|\s/.test(text) || /\.(sif|simg|img|sqsh)$/i.test(text)) {
    return null;
  }
  const guess = withScheme(text);
  return parseImageReference(guess).ok ? guess : null;
}

function withScheme(name: string): string {
  return name.includes('://') ? name : `docker://${name}`;
}
