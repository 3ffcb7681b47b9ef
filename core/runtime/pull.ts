import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type ImageReference, isLoopbackRegistry } from '#core/contract/imageReference.ts';
import { unmistakable } from './action.ts';
import type { Dialect } from './dialect.ts';
import { quotePath, quoteWord } from './shellWords.ts';

export interface PullByHand {
  /** Null where no runtime is known: then Apptainer's name is shown. */
  readonly dialect: Dialect | null;
  readonly reference: ImageReference;
  readonly target: HostPath;
  readonly allowHttp: boolean;
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
    'pull',
    ...(pull.overwrite ? ['--force'] : []),
    ...(needsNoHttps(pull) ? ['--no-https'] : []),
    ...(reference.kind === 'docker' && pull.architecture !== null
      ? ['--arch', quoteWord(pull.architecture)]
      : []),
    target,
    quoteWord(reference.kind === 'http' ? reference.url : `${reference.kind}://${reference.typed}`),
  ].join(' ');
}

/** `oras://` to this machine speaks http by itself; `docker://` must be told, and a web address says it. */
function needsNoHttps({ reference, allowHttp }: PullByHand): boolean {
  if (!allowHttp) return false;
  if (reference.kind === 'docker') return true;
  return reference.kind === 'oras' && !isLoopbackRegistry(reference.registry);
}
