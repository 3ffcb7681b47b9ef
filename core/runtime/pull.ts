import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import {
  type ImageReference,
  isLoopbackRegistry,
  type RegistryReference,
} from '#core/contract/imageReference.ts';
import type { ImageForm } from '#core/contract/images.ts';
import { unmistakable } from './action.ts';
import type { Dialect } from './dialect.ts';
import { quotePath, quoteWord } from './shellWords.ts';

export interface PullByHand {
  /** Null where no runtime is known: then Apptainer's name is shown. */
  readonly dialect: Dialect | null;
  readonly reference: ImageReference;
  readonly target: HostPath;
  readonly allowHttp: boolean;
  readonly form: ImageForm;
  readonly overwrite: boolean;
  /** OCI name, when it is not the host's own. */
  readonly architecture: string | null;
}

/** The line that a person would type to get the same image, quoted for a POSIX shell. */
export function pullByHand(pull: PullByHand): string {
  const { reference } = pull;
  const target = quotePath(unmistakable(pull.target));
  if (reference.kind === 'file')
    return `cp ${pull.overwrite ? '' : '-n '}${quotePath(unmistakable(hostPathFromText(reference.path)))} ${target}`;
  return [
    pull.dialect?.programName ?? 'apptainer',
    ...(pull.form === 'sandbox' ? ['build', '--sandbox'] : ['pull']),
    ...(pull.overwrite ? ['--force'] : []),
    ...(needsNoHttps(pull) ? ['--no-https'] : []),
    ...((reference.kind === 'docker' || reference.kind === 'library') && pull.architecture !== null
      ? ['--arch', quoteWord(pull.architecture)]
      : []),
    target,
    quoteWord(sourceWord(reference)),
  ].join(' ');
}

function sourceWord(reference: Exclude<ImageReference, { readonly kind: 'file' }>): string {
  if (reference.kind === 'http') return reference.url;
  return `${reference.kind}://${'registry' in reference ? pulledName(reference) : reference.typed}`;
}

/** The runtime's pull refuses a reference with both a tag and a digest: the digest says more. */
export function pulledName({ typed, tag, digest }: RegistryReference): string {
  return tag === null || digest === null ? typed : typed.replace(`:${tag}@`, '@');
}

/**
 * A web address says http itself, and `oras://` to this machine tries it by itself; `docker://` does not, but with
 * `--no-https` tries https first all the same.
 */
export function needsNoHttps({ reference, allowHttp }: Pick<PullByHand, 'reference' | 'allowHttp'>): boolean {
  switch (reference.kind) {
    case 'docker':
      return allowHttp || isLoopbackRegistry(reference.registry);
    case 'oras':
      return allowHttp && !isLoopbackRegistry(reference.registry);
    default:
      return false;
  }
}
