import {
  passwordOf,
  type ReadOptions,
  readOptions,
  runtimeGlobalGrammar,
  runtimeGrammar,
  sharedOf,
} from './pastedTextOptions.ts';
import type { PastedNote, PastedPart } from './pastedTextParts.ts';
import { archivePath, isFilePath, isPlausibleName } from './pastedTextReference.ts';

/** Verbs of 2.x that made an image: `singularity import x.img docker://ubuntu`. */
const oldVerbs = new Set(['import', 'bootstrap', 'create', 'expand', 'export']);
const actionVerbs = new Set(['exec', 'run', 'shell', 'test', 'inspect', 'run-help']);

/** The words after `singularity` or `apptainer` → the image that they name. */
export function readRuntimeLine(program: string, words: readonly string[]): readonly PastedPart[] {
  const [first = '', ...rest] = readOptions(words, runtimeGlobalGrammar).operands;
  const isInstance = first === 'instance' || first === 'instance.start';
  const verb = first === 'instance' ? (rest[0] ?? '') : first;
  const read = readOptions(first === 'instance' ? rest.slice(1) : rest, runtimeGrammar(verb));
  if (verb === 'push') return [{ reference: null, explanation: { code: 'pushLine', facts: {} } }];
  if (actionVerbs.has(verb) || isInstance) {
    const [image] = read.operands;
    if (image === undefined || image.startsWith('instance://')) return [];
    return [imagePart({ program, verb, image, target: null, read })];
  }
  if (verb !== 'pull' && verb !== 'build' && !oldVerbs.has(verb)) return [];
  const { image, target } = operandsOf(verb, read);
  return image === undefined ? [] : [imagePart({ program, verb, image, target, read })];
}

/** `pull [target] image`, `build target image`; with several references the last is meant. */
function operandsOf(
  verb: string,
  { operands, options }: ReadOptions,
): { readonly image: string | undefined; readonly target: string | null } {
  const named = options.get('--name') ?? options.get('-n') ?? null;
  const image = operands.findLast((word) => word.includes('://')) ?? operands.at(-1);
  const at = image === undefined ? -1 : operands.lastIndexOf(image);
  if (verb !== 'pull' && operands.length < 2) return { image: undefined, target: null };
  return { image, target: named ?? (at > 0 ? (operands[at - 1] ?? null) : null) };
}

interface RuntimeImage {
  readonly program: string;
  readonly verb: string;
  readonly image: string;
  readonly target: string | null;
  readonly read: ReadOptions;
}

function imagePart({ program, verb, image, target, read }: RuntimeImage): PastedPart {
  const { options } = read;
  const isSandbox =
    options.has('--sandbox') || (verb === 'build' && (options.has('-s') || options.has('--writable')));
  const shared = {
    ...sharedOf(read),
    ...targetOf(target, options.get('--dir') ?? options.get('--path') ?? null),
    form: isSandbox ? ('sandbox' as const) : ('sif' as const),
    warnings: [...(actionVerbs.has(verb) ? (['onlyPulled'] as const) : []), ...passwordOf(read)],
  };
  const explanation = explanationOf(program, verb, options);
  if (/^(?:docker-daemon|podman|containers-storage):/.test(image)) {
    return {
      reference: null,
      explanation: { code: 'engineImage', facts: { engine: image.split(':', 1)[0] ?? '' } },
    };
  }
  if (/^(?:docker-archive|oci-archive|oci|oci-sif|localimage|dockerfile|buildkit):/.test(image)) {
    return { ...shared, reference: archivePath(image), isFile: true, explanation };
  }
  if (/\.def$|^dockerfile$|\/Dockerfile$/i.test(image)) {
    return { reference: null, explanation: { code: 'definitionFile', facts: { path: image } } };
  }
  if (image.includes('://')) return { ...shared, reference: withLibrary(image, options), explanation };
  // A name with neither scheme nor path: Singularity takes it for a library's, Apptainer refuses it.
  const isName = verb === 'pull' && !isFilePath(image) && isPlausibleName(image);
  const scheme = program === 'singularity' ? 'library' : 'docker';
  if (isName) return { ...shared, reference: `${scheme}://${image}`, explanation };
  return { ...shared, reference: image, isFile: true, explanation };
}

/** `--library https://library.example.org` says where `library://` is. */
function withLibrary(image: string, options: ReadonlyMap<string, string>): string {
  const named = options.get('--library');
  const path = /^library:\/\/\/?(.*)$/i.exec(image)?.[1];
  if (named === undefined || path === undefined || !URL.canParse(named)) return image;
  const parts = path.split('/').length;
  const whole = parts === 1 ? `library/default/${path}` : parts === 3 ? path : null;
  return whole === null ? image : `library://${new URL(named).host}/${whole}`;
}

function explanationOf(program: string, verb: string, options: ReadonlyMap<string, string>): PastedNote {
  if (options.has('--remote') || options.has('-r') || options.has('--builder')) {
    return { code: 'remoteBuild', facts: {} };
  }
  if (options.has('--docker-login')) return { code: 'dockerLogin', facts: {} };
  if (options.has('--nohttps') || options.has('--no-https')) return { code: 'noHttps', facts: {} };
  if (oldVerbs.has(verb)) return { code: 'oldVerb', facts: { verb } };
  return { code: 'command', facts: { program } };
}

/** `/data/images/x.sif` → folder and name. A folder that a shell would have to make out is left out. */
function targetOf(
  target: string | null,
  folder: string | null,
): { readonly fileName: string | null; readonly folder: string | null } {
  const path = target?.replace(/\/+$/, '') ?? '';
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const written = slash > 0 ? path.slice(0, slash) : folder;
  const whole = written !== null && /^\/[^$*?`]*$/.test(written) ? written : null;
  const isName = name !== '' && name !== '.' && name !== '..' && !/[$*?`~]/.test(name);
  return { fileName: isName ? name : null, folder: whole?.replace(/(.)\/+$/, '$1') ?? null };
}
