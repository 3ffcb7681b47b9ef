import { hostPathSchema } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import {
  defaultFileName,
  type ImageReference,
  isLoopbackRegistry,
  parseImageReference,
} from '#core/contract/imageReference.ts';
import type { Compression, ImageForm, PullInput, PullRoute } from '#core/contract/images.ts';
import { type PastedText, recognisePastedText } from '#core/contract/pastedText.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { isEncryptedAnyway } from './encryptedServers.ts';

/** The form of a pull, as typed. */
export interface PullForm {
  readonly reference: string;
  /** Null while it follows the text, or is the default. */
  readonly folder: string | null;
  /** Null while it follows the reference. */
  readonly fileName: string | null;
  /** Null while it follows the text. */
  readonly form: ImageForm | null;
  readonly overwrite: boolean;
  /** OCI name; null is the host's own. */
  readonly architecture: string | null;
  /** Null is the setting's. */
  readonly compression: Compression | null;
  /** How it gets to an ssh host; null is what is proposed. */
  readonly route: PullRoute | null;
  readonly userName: string;
  readonly password: string;
  /** Null while it follows the text. */
  readonly allowHttp: boolean | null;
}

export type ReferenceIssue =
  | { readonly kind: 'none' }
  /** Nothing is typed yet: not a mistake. */
  | { readonly kind: 'empty' }
  /** Nothing that names an image; the text's explanation says why. */
  | { readonly kind: 'explained' }
  /** One of several has to be chosen. */
  | { readonly kind: 'several' }
  | {
      readonly kind:
        | 'scheme'
        | 'registry'
        | 'repository'
        | 'tag'
        | 'digest'
        | 'url'
        | 'control'
        | 'relativePath'
        | 'fileElsewhere';
      readonly detail: string;
    };

export interface CheckedPull {
  readonly pasted: PastedText;
  /** Null where it is not understood. */
  readonly target: ImageReference | null;
  readonly issue: ReferenceIssue;
  readonly folder: string;
  readonly form: ImageForm;
  readonly allowHttp: boolean;
  /** The name that the file will get. */
  readonly fileName: string;
  readonly fileNameProblem: 'empty' | 'slash' | null;
  readonly folderProblem: 'notAbsolute' | null;
  readonly credentialsProblem: 'incomplete' | null;
  /** Registry that plain http has to be allowed for; null where it is out of the question. */
  readonly httpRegistry: string | null;
  /** For `images.pull`; null where something is wrong, or where the file is only copied. */
  readonly input: PullInput | null;
}

/** Where a pull goes to. */
export interface PullPlace {
  readonly id: HostId;
  readonly kind: 'local' | 'ssh';
  readonly label: string;
}

/** What stands where nothing is said. */
export interface PullDefaults {
  readonly folder: string | null;
  /** Server that `library://` without one means. */
  readonly library: string | null;
}

/** What was typed → what it means, what is wrong with it, and the input of the call. */
export function checkPull(form: PullForm, host: PullPlace, defaults: PullDefaults): CheckedPull {
  const pasted = recognisePastedText(
    form.reference,
    defaults.library === null ? {} : { library: defaults.library },
  );
  const { issue, target } = readTarget(pasted, host);
  const isSandbox = (form.form ?? pasted.form) === 'sandbox';
  const fileName = form.fileName ?? pasted.fileName ?? (target === null ? '' : ownName(target, isSandbox));
  const fileNameProblem = target === null ? null : checkFileName(fileName);
  const typedFolder = form.folder ?? pasted.folder ?? defaults.folder ?? '';
  const folder = withoutLastSlash(typedFolder.trim());
  const folderProblem = folder !== '' && !folder.startsWith('/') ? ('notAbsolute' as const) : null;
  const isHalf = (form.userName === '') !== (form.password === '');
  const httpRegistry = httpRegistryOf(target);
  const checked = {
    pasted,
    target,
    issue,
    folder: typedFolder,
    form: isSandbox ? ('sandbox' as const) : ('sif' as const),
    allowHttp: form.allowHttp ?? pasted.allowHttp,
    fileName,
    fileNameProblem,
    folderProblem,
    credentialsProblem: isHalf ? ('incomplete' as const) : null,
    httpRegistry,
  };
  const isGood = target !== null && fileNameProblem === null && folderProblem === null && !isHalf;
  if (!isGood || target.kind === 'file' || pasted.reference === null) return { ...checked, input: null };
  const isDerived = form.fileName === null && pasted.fileName === null;
  return {
    ...checked,
    input: {
      hostId: host.id,
      reference: pasted.reference,
      folder: folder === '' || folder === defaults.folder ? null : typedPath(folder),
      fileName: isDerived ? null : typedPath(fileName),
      form: checked.form,
      overwrite: form.overwrite,
      allowHttp: checked.allowHttp && httpRegistry !== null,
      architecture: form.architecture ?? pasted.architecture,
      compression: target.kind === 'docker' && !isSandbox ? form.compression : null,
      route: host.kind === 'ssh' ? form.route : null,
      credentials: form.userName === '' ? null : { userName: form.userName, password: form.password },
    },
  };
}

/** The name that core would choose: a sandbox is a folder, without an ending. */
function ownName(target: ImageReference, isSandbox: boolean): string {
  const name = defaultFileName(target);
  return isSandbox ? name.replace(/\.sif$/, '') : name;
}

/**
 * Pasted lines as one, which a field can show and a person go on typing in: continued lines are joined, other line ends
 * end a command, and lines that are only a comment are left out.
 */
export function asOneLine(text: string): string {
  const lines = text.replace(/\\[ \t]*\r?\n[ \t]*/g, ' ').split(/\r?\n/);
  const kept = lines.map((line) => line.trim()).filter((line) => line !== '' && !/^#(?!SBATCH)/.test(line));
  return kept.length === 0 ? text.trim() : kept.join(' ; ');
}

/** A file name typed by a person: one component of a path. */
export function checkFileName(name: string): 'empty' | 'slash' | null {
  if (name.trim() === '') return 'empty';
  const isPath = name.includes('/') || name === '.' || name === '..';
  return isPath || !hostPathSchema.safeParse(typedPath(name)).success ? 'slash' : null;
}

function readTarget(
  pasted: PastedText,
  host: PullPlace,
): { readonly issue: ReferenceIssue; readonly target: ImageReference | null } {
  if (pasted.kind === 'several') return { issue: { kind: 'several' }, target: null };
  if (pasted.reference === null) {
    return { issue: { kind: pasted.explanation === null ? 'empty' : 'explained' }, target: null };
  }
  if (pasted.kind === 'file') {
    const path = pasted.reference;
    const issue: ReferenceIssue =
      host.kind === 'ssh'
        ? { kind: 'fileElsewhere', detail: host.label }
        : path.startsWith('/')
          ? { kind: 'none' }
          : { kind: 'relativePath', detail: path };
    return { issue, target: issue.kind === 'none' ? { kind: 'file', path } : null };
  }
  const parsed = parseImageReference(pasted.reference);
  if (parsed.ok) return { issue: { kind: 'none' }, target: parsed.reference };
  if (parsed.problem === 'empty') return { issue: { kind: 'empty' }, target: null };
  return { issue: { kind: parsed.problem, detail: parsed.detail }, target: null };
}

function httpRegistryOf(target: ImageReference | null): string | null {
  const registry = target === null ? null : serverOf(target);
  return registry === null || isEncryptedAnyway(registry) || isLoopbackRegistry(registry) ? null : registry;
}

function serverOf(target: ImageReference): string | null {
  switch (target.kind) {
    case 'docker':
    case 'oras':
      return target.registry;
    case 'library':
    case 'shub':
      return target.host;
    case 's3':
    case 'http':
    case 'file':
      return null;
  }
}
