import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { PullInput } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { HostPull } from '#core/runtime/hostPull.ts';
import { needsNoHttps, pulledName } from '#core/runtime/pull.ts';
import { quotePath, quoteWord } from '#core/runtime/shellWords.ts';
import { type Credentials, type PullRequest, pullRequest, type RequestFacts } from './pullRequest.ts';
import { targetPath } from './pullTarget.ts';

/** A pull by a host's own runtime, with everything decided that can be decided without asking anybody. */
export interface HostPullRequest
  extends Pick<
      PullRequest,
      | 'shown'
      | 'credentials'
      | 'target'
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
  const own = /^(library|shub):\/\/(.*)$/s.exec(input.reference.trim());
  if (own?.[1] === 'library' || own?.[1] === 'shub')
    return libraryRequest(input, facts, { kind: own[1], name: own[2] ?? '' });
  const request = pullRequest(input, facts);
  const { reference } = request;
  switch (reference.kind) {
    case 'file':
      throw workbenchError('input.invalid', {
        field: 'reference',
        reason: 'This is a file of this machine. Send it with push.',
      });
    case 'http':
      return { ...request, kind: 'http', source: reference.url, isPlainHttp: false, registry: null };
    case 'library':
    case 'shub':
    case 's3':
      throw workbenchError('registry.unsupportedScheme', { scheme: reference.kind });
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

/** `library://[host/]entity/collection/name[:tag]`, `shub://user/name[:tag]`. Source: docs of `apptainer pull`. */
const libraryName = /^[A-Za-z0-9][A-Za-z0-9._/-]*?(?::([A-Za-z0-9._-]+))?(?:@[A-Za-z0-9]+)?$/;

function libraryRequest(
  input: PullInput,
  facts: RequestFacts,
  { kind, name }: { readonly kind: 'library' | 'shub'; readonly name: string },
): HostPullRequest {
  const found = libraryName.exec(name);
  if (found === null)
    throw workbenchError('registry.badReference', {
      reference: input.reference,
      problem: 'repository',
      detail: name,
    });
  const path = name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const fileName = `${path.slice(path.lastIndexOf('/') + 1)}_${found[1] ?? 'latest'}.sif`;
  const target = targetPath(
    input.folder ?? facts.preferences.defaultFolder,
    input.fileName ?? hostPathFromText(fileName),
  );
  const source = `${kind}://${name}`;
  const askedArchitecture = input.architecture === facts.hostArchitecture ? null : input.architecture;
  return {
    kind,
    source,
    shown: source,
    credentials: input.credentials,
    target,
    overwrite: input.overwrite,
    isPlainHttp: false,
    registry: null,
    architecture: input.architecture ?? facts.hostArchitecture,
    askedArchitecture,
    compression: 'gzip-9',
    byHand: [
      facts.runtime?.dialect.programName ?? 'apptainer',
      'pull',
      ...(input.overwrite ? ['--force'] : []),
      ...(kind === 'library' && askedArchitecture !== null ? ['--arch', quoteWord(askedArchitecture)] : []),
      quotePath(target),
      quoteWord(source),
    ].join(' '),
  };
}

/**
 * Credentials in the form of Docker's configuration file, which `--authfile` takes. Docker Hub has a key of its own.
 * Source: containers-auth.json(5), and what the runtime's own `registry login` writes.
 */
export function authfileOf(registry: string, { userName, password }: Credentials): string {
  const key = registry === 'index.docker.io' ? 'https://index.docker.io/v1/' : registry;
  const auth = Buffer.from(`${userName}:${password}`).toString('base64');
  return JSON.stringify({ auths: { [key]: { auth } } });
}

/** `.mysingularity-<id>` in a folder: private, hidden, and known beforehand, so that it can be found as a leftover. */
export function privateFolderName(id: string): HostPath {
  return hostPathFromText(`.mysingularity-${id}`);
}
