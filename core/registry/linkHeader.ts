import { workbenchError } from '#core/errors/workbenchError.ts';
import { apiHostOf } from './registryEndpoint.ts';

/**
 * `Link` header (RFC 8288) → target of the first link with `rel="next"`, as it is written there; null when there is none.
 */
export function parseNextLink(header: string | null): string | null {
  const text = header ?? '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    const end = start < 0 ? -1 : text.indexOf('>', start);
    if (end < 0) return null;
    const parametersEnd = endOfParameters(text, end + 1);
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(text.slice(end + 1, parametersEnd));
    const relations = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(' ');
    if (relations.includes('next')) return text.slice(start + 1, end).trim();
    at = parametersEnd;
  }
}

/** The comma after a link's parameters, or the end of the text; commas in quotes do not count. */
function endOfParameters(text: string, from: number): number {
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (text[at] === ',' && !isQuoted) return at;
  }
  return text.length;
}

/**
 * Where a paged list of a registry goes on: path and query on the registry itself (OCI distribution spec, "Listing
 * Tags"). The scheme of the link is not taken: behind a proxy registries often write http. A link to another host
 * fails with `registry.protocol`: the token that we send is for this one.
 */
export function nextPage(
  answer: { readonly headers: Headers; readonly url: URL },
  asked: { readonly registry: string; readonly repository: string },
): string | null {
  const target = parseNextLink(answer.headers.get('link'));
  if (target === null) return null;
  const url = URL.canParse(target, answer.url) ? new URL(target, answer.url) : null;
  const isHere =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.host === new URL(`${url.protocol}//${apiHostOf(asked.registry)}`).host;
  if (!isHere)
    throw workbenchError('registry.protocol', {
      ...asked,
      reason: 'its list goes on at another host, which was not asked',
      address: target.slice(0, 500),
    });
  return `${url.pathname}${url.search}`;
}
