import { workbenchError } from '#core/errors/workbenchError.ts';
import { isDigest } from './digest.ts';

const namePart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${namePart}(?:/${namePart})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Whether a text may stand in a path as a repository: OCI distribution spec, "Pulling manifests". */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && repositoryPattern.test(text);
}

/** Whether a text is a tag by the same specification. */
export function isTagName(text: string): boolean {
  return tagPattern.test(text);
}

/** A repository, and a tag or digest in it, that may stand in a path; else `registry.badReference`. */
export function requireNames(repository: string, tagOrDigest: string | null): void {
  if (!isRepositoryName(repository))
    throw workbenchError('registry.badReference', {
      reference: repository.slice(0, 300),
      problem: 'repository',
      detail: repository.slice(0, 300),
    });
  if (tagOrDigest !== null && !isTagName(tagOrDigest) && !isDigest(tagOrDigest))
    throw workbenchError('registry.badReference', {
      reference: `${repository}:${tagOrDigest.slice(0, 300)}`,
      problem: 'tag',
      detail: tagOrDigest.slice(0, 300),
    });
}
