import { isRepositoryName } from './repositoryName.ts';

/** Where a mirror is: host and optional port, and what stands before the names of repositories there. */
export interface MirrorAddress {
  readonly registry: string;
  /** Empty, or a path without slashes at its ends: `proxy/hub`. */
  readonly prefix: string;
  /** As the person wrote it, for the log. */
  readonly text: string;
  /** Plain http was written, or nothing. */
  readonly mayBeHttp: boolean;
}

/** `host[:port][/prefix]` or an http(s) address → its parts; null for what is neither. */
export function parseMirror(text: string): MirrorAddress | null {
  const address = text.trim().replace(/\/+$/, '');
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const whole = hasScheme ? address : `https://${address}`;
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  const prefix = url.pathname.replace(/^\/+/, '').replace(/^v2(?:\/|$)/, '');
  if (prefix !== '' && !isRepositoryName(prefix)) return null;
  // The port of the scheme is left out by URL: plain http must not become https by that.
  const registry = url.protocol === 'http:' && url.port === '' ? `${url.host}:80` : url.host;
  return { registry, prefix, text: address, mayBeHttp: !hasScheme || url.protocol === 'http:' };
}
