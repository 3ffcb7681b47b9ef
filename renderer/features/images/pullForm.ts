import { hostPathSchema } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { defaultFileName, type ImageReference, isLoopbackRegistry } from '#core/contract/imageReference.ts';
import type { Compression, PullInput, PullRoute } from '#core/contract/images.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { type PastedReference, readPastedReference } from './pastedReference.ts';

/** The form of a pull, as typed. */
export interface PullForm {
  readonly reference: string;
  readonly folder: string;
  /** Null while it follows the reference. */
  readonly fileName: string | null;
  readonly overwrite: boolean;
  /** OCI name; null is the host's own. */
  readonly architecture: string | null;
  /** Null is the setting's. */
  readonly compression: Compression | null;
  /** How it gets to an ssh host; null is what is proposed. */
  readonly route: PullRoute | null;
  readonly userName: string;
  readonly password: string;
  readonly allowHttp: boolean;
}

export type ReferenceIssue =
  | { readonly kind: 'none' }
  /** Nothing is typed yet: not a mistake. */
  | { readonly kind: 'empty' }
  | {
      readonly kind:
        | 'scheme'
        | 'library'
        | 'shub'
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
  readonly pasted: PastedReference;
  /** Null where it is not understood. */
  readonly target: ImageReference | null;
  readonly issue: ReferenceIssue;
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

/** What was typed → what it means, what is wrong with it, and the input of the call. */
export function checkPull(form: PullForm, host: PullPlace, defaultFolder: string | null): CheckedPull {
  const pasted = readPastedReference(form.reference);
  const issue = issueOf(pasted, host);
  const target = pasted.parsed.ok && issue.kind === 'none' ? pasted.parsed.reference : null;
  const fileName = form.fileName ?? pasted.fileName ?? (target === null ? '' : defaultFileName(target));
  const fileNameProblem = target === null ? null : checkFileName(fileName);
  const folder = withoutLastSlash(form.folder.trim());
  const folderProblem = folder !== '' && !folder.startsWith('/') ? ('notAbsolute' as const) : null;
  const isHalf = (form.userName === '') !== (form.password === '');
  const checked = {
    pasted,
    target,
    issue,
    fileName,
    fileNameProblem,
    folderProblem,
    credentialsProblem: isHalf ? ('incomplete' as const) : null,
    httpRegistry: httpRegistryOf(target),
  };
  const isGood = target !== null && fileNameProblem === null && folderProblem === null && !isHalf;
  if (!isGood || target.kind === 'file') return { ...checked, input: null };
  const isDerived = form.fileName === null && pasted.fileName === null;
  return {
    ...checked,
    input: {
      hostId: host.id,
      reference: pasted.reference,
      folder: folder === '' || folder === defaultFolder ? null : typedPath(folder),
      fileName: isDerived ? null : typedPath(fileName),
      form: 'sif',
      overwrite: form.overwrite,
      allowHttp: form.allowHttp && checked.httpRegistry !== null,
      architecture: form.architecture ?? pasted.architecture,
      compression: target.kind === 'docker' ? form.compression : null,
      route: host.kind === 'ssh' ? form.route : null,
      credentials: form.userName === '' ? null : { userName: form.userName, password: form.password },
    },
  };
}

/** A file name typed by a person: one component of a path. */
export function checkFileName(name: string): 'empty' | 'slash' | null {
  if (name.trim() === '') return 'empty';
  const isPath = name.includes('/') || name === '.' || name === '..';
  return isPath || !hostPathSchema.safeParse(typedPath(name)).success ? 'slash' : null;
}

function issueOf(pasted: PastedReference, host: PullPlace): ReferenceIssue {
  const { parsed } = pasted;
  if (!parsed.ok) {
    if (parsed.problem === 'empty') return { kind: 'empty' };
    if (parsed.problem === 'scheme' && (parsed.detail === 'library' || parsed.detail === 'shub')) {
      return { kind: parsed.detail, detail: pasted.reference };
    }
    return { kind: parsed.problem, detail: parsed.detail };
  }
  if (parsed.reference.kind === 'file' && host.kind === 'ssh') {
    return { kind: 'fileElsewhere', detail: host.label };
  }
  if (parsed.reference.kind === 'file' && !parsed.reference.path.startsWith('/')) {
    return { kind: 'relativePath', detail: parsed.reference.path };
  }
  return { kind: 'none' };
}

function httpRegistryOf(target: ImageReference | null): string | null {
  if (target === null || (target.kind !== 'docker' && target.kind !== 'oras')) return null;
  if (target.registry === 'index.docker.io' || isLoopbackRegistry(target.registry)) return null;
  return target.registry;
}
