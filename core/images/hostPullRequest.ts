import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { PullInput } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { HostPull } from '#core/runtime/hostPull.ts';
import { needsNoHttps, pulledName } from '#core/runtime/pull.ts';
import { type PullRequest, pullRequest, type RequestFacts } from './pullRequest.ts';

/** A pull by a host's own runtime, with everything decided that can be decided without asking anybody. */
export interface HostPullRequest
  extends Pick<
      PullRequest,
      | 'shown'
      | 'credentials'
      | 'target'
      | 'form'
      | 'overwrite'
      | 'architecture'
      | 'askedArchitecture'
      | 'compression'
      | 'byHand'
    >,
    Pick<HostPull, 'kind' | 'source' | 'isPlainHttp'> {
  /** The key of its credentials in an authfile; null where the runtime takes none from a file. */
  readonly registry: string | null;
}

/**
 * Input → request. The runtime takes more than our own downloader: `library://` and `shub://`, too. Fails with
 * registry.badReference, registry.unsupportedScheme and input.invalid.
 */
export function hostPullRequest(input: PullInput, facts: RequestFacts): HostPullRequest {
  const request = pullRequest(input, facts);
  const { reference } = request;
  switch (reference.kind) {
    case 'file':
      throw workbenchError('input.invalid', {
        field: 'reference',
        reason: 'This is a file of this machine. Send it with push.',
      });
    case 'http':
      if (request.form === 'sandbox')
        throw workbenchError('input.invalid', {
          field: 'form',
          reason: 'Runtimes make no sandbox of a web address. Pull the SIF, and make a sandbox of that.',
        });
      return { ...request, kind: 'http', source: reference.url, isPlainHttp: false, registry: null };
    case 'library':
    case 'shub': {
      const { kind, typed } = reference;
      return { ...request, kind, source: `${kind}://${typed}`, isPlainHttp: false, registry: null };
    }
    case 's3':
      throw workbenchError('input.invalid', {
        field: 'reference',
        reason: 'Runtimes cannot fetch from buckets. Pull it to this machine, then send it.',
      });
    case 'docker':
    case 'oras':
      return {
        ...request,
        kind: reference.kind,
        source: `${reference.kind}://${pulledName(reference)}`,
        isPlainHttp: needsNoHttps({ reference, allowHttp: request.isHttpAllowed }),
        registry: reference.registry,
      };
  }
}

/** `.mysingularity-<id>` in a folder: private, hidden, and known beforehand, so that it can be found as a leftover. */
export function privateFolderName(id: string): HostPath {
  return hostPathFromText(`.mysingularity-${id}`);
}
