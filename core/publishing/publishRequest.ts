import { isLoopbackRegistry, parseImageReference } from '#core/contract/imageReference.ts';
import type { PublishInput } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { quotePath, quoteWord } from '#core/runtime/shellWords.ts';

/** Where a SIF is pushed to. */
export interface PublishTarget {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  /** In full: `oras://127.0.0.1:5000/demo/tiny:v1`. */
  readonly shown: string;
}

/** `oras://host/name:tag`, or the same without its scheme. Fails with `registry.badReference`. */
export function publishTarget(text: string): PublishTarget {
  const typed = text.trim();
  const parsed = parseImageReference(typed.includes('://') ? typed : `oras://${typed}`);
  const shown = typed.replace(/(^|\/\/)[^/@]*@(?!sha)/, '$1••••••@');
  if (!parsed.ok)
    throw workbenchError('registry.badReference', {
      reference: shown,
      problem: parsed.problem,
      detail: parsed.detail.replace(/^[^/@]*@(?!sha)/, '••••••@'),
    });
  const { reference } = parsed;
  if (reference.kind !== 'oras')
    throw workbenchError('registry.badReference', {
      reference: shown,
      problem: 'scheme',
      detail: `${typed.slice(0, typed.indexOf('://'))}: SIFs are pushed to oras:// addresses`,
    });
  const { registry, repository, tag, digest } = reference;
  if (tag === null || digest !== null)
    throw workbenchError('registry.badReference', { reference: shown, problem: 'tag', detail: `@${digest}` });
  return { registry, repository, tag, shown: `oras://${registry}/${repository}:${tag}` };
}

/** What a person would type. */
export function publishByHand(input: PublishInput, target: PublishTarget): string {
  const isPlain = input.allowHttp && !isLoopbackRegistry(target.registry);
  return [
    'apptainer',
    'push',
    ...(isPlain ? ['--no-https'] : []),
    quotePath(input.path),
    quoteWord(target.shown),
  ].join(' ');
}
