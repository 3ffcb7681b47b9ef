import { Parser } from 'htmlparser2';
import { z } from 'zod';
import { listLimit } from './adapter.ts';

/** One entry of a directory on a web server. */
export interface WebEntry {
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970. */
  readonly updatedAt: number | null;
}

export interface WebDirectory {
  /** In the order of the page, each name once, at most `listLimit`. */
  readonly entries: readonly WebEntry[];
  /** Whether the page says of itself that it is a list: an empty one has no links to tell by. */
  readonly isIndex: boolean;
}

/** Far more than a list has. The parser's time grows with the square of it. */
const depthLimit = 200;

/**
 * A page that lists a directory → its entries, as Apache's mod_autoindex, nginx's autoindex, lighttpd's mod_dirlisting
 * and Python's http.server write it: only links to what lies directly below `url`, on its origin and without a query, so
 * that nothing on the page leads elsewhere. Times are taken as UTC (nginx and lighttpd say UTC; Apache its own zone, so
 * a time may be hours off); sizes with a unit are rounded by the server.
 */
export function parseWebDirectory(html: string, url: URL): WebDirectory {
  const entries = new Map<string, WebEntry>();
  let link: { readonly name: string; readonly kind: WebEntry['kind'] } | null = null;
  let isInLink = false;
  let isInTitle = false;
  let title = '';
  let details = '';
  let depth = 0;
  const finish = (): void => {
    if (link === null) return;
    const known = entries.get(link.name);
    const told = detailsOf(details);
    // An icon may be a link of its own before the name, with nothing behind it.
    if (known !== undefined) entries.set(link.name, { ...known, ...withoutNulls(told) });
    else if (entries.size < listLimit) entries.set(link.name, { ...link, ...told });
    link = null;
  };
  const parser = new Parser({
    onopentag(tag, { href }) {
      depth += 1;
      if (depth > depthLimit) parser.pause();
      if (tag === 'title') isInTitle = true;
      if (tag === 'a' || tag === 'tr') finish();
      if (tag !== 'a') return;
      isInLink = true;
      link = href === undefined ? null : childOf(href, url);
      details = '';
    },
    ontext(text) {
      if (isInTitle && title.length < 200) title += text;
      if (!isInLink && link !== null && details.length < 200) details += text;
    },
    onclosetag(tag) {
      depth -= 1;
      if (tag === 'title') isInTitle = false;
      if (tag === 'a') isInLink = false;
      if (tag === 'td') details += ' ';
    },
  });
  parser.end(html);
  finish();
  if (depth > depthLimit) return { entries: [], isIndex: false };
  return {
    entries: [...entries.values()],
    isIndex: /^\s*(?:index of|directory listing|listing of)\b/i.test(title),
  };
}

const jsonSchema = z.array(
  z.object({
    name: z.string(),
    type: z.string(),
    mtime: z.string().optional(),
    size: z.number().int().nonnegative().optional(),
  }),
);

/** The same from JSON: nginx, ngx_http_autoindex_module, `autoindex_format json`. Null where it is something else. */
export function parseWebDirectoryJson(text: string): WebDirectory | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // torn, or no JSON
  }
  const parsed = jsonSchema.safeParse(value);
  if (!parsed.success) return null;
  const entries = new Map<string, WebEntry>();
  for (const { name, type, mtime, size } of parsed.data) {
    if (!isWebName(name) || entries.size >= listLimit) continue;
    if (type !== 'directory' && type !== 'file') continue;
    const time = Date.parse(mtime ?? '');
    const kind = type === 'directory' ? 'folder' : 'file';
    entries.set(name, { name, kind, sizeBytes: size ?? null, updatedAt: Number.isNaN(time) ? null : time });
  }
  return { entries: [...entries.values()], isIndex: true };
}

/** Whether a text can be one part of a path, and nothing in it hides: no slash, no control or direction characters. */
export function isWebName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  const hides = /[/\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
  return name !== '' && name !== '.' && name !== '..' && name.length <= 255 && !hides.test(name);
}

/** Where `name` lies, a direct child of the directory `url`; null for every other link. */
function childOf(href: string, url: URL): { readonly name: string; readonly kind: WebEntry['kind'] } | null {
  const target = href.length <= 4096 && URL.canParse(href, url) ? new URL(href, url) : null;
  if (target === null || target.origin !== url.origin || target.search !== '' || target.hash !== '')
    return null;
  if (target.username !== '' || target.password !== '') return null;
  const folder = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1);
  if (!target.pathname.startsWith(folder)) return null;
  const rest = target.pathname.slice(folder.length);
  const isFolder = rest.endsWith('/');
  const name = decoded(isFolder ? rest.slice(0, -1) : rest);
  if (name === null || !isWebName(name)) return null;
  return { name, kind: isFolder ? 'folder' : 'file' };
}

function decoded(part: string): string | null {
  try {
    return part.includes('/') ? null : decodeURIComponent(part);
  } catch {
    return null; // bytes that are not UTF-8: they could not be asked for again as they were
  }
}

type Details = Pick<WebEntry, 'sizeBytes' | 'updatedAt'>;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const datePattern =
  /(?:(\d{4})-(\d{2}|[A-Z][a-z]{2})-(\d{2})|(\d{2})-([A-Z][a-z]{2})-(\d{4}))[ T](\d{2}):(\d{2})(?::(\d{2}))?/;

/** What stands behind a link: a date, then a size. */
function detailsOf(text: string): Details {
  const date = datePattern.exec(text);
  if (date === null) return { sizeBytes: null, updatedAt: null };
  const [whole, year, month, day, dayFirst, monthName, yearLast, hour, minute, second] = date;
  const named = months.indexOf(month ?? monthName ?? '');
  const monthIndex = named >= 0 ? named : Number(month) - 1;
  const time = Date.UTC(
    Number(year ?? yearLast),
    monthIndex,
    Number(day ?? dayFirst),
    Number(hour),
    Number(minute),
    Number(second ?? 0),
  );
  const isDate = monthIndex >= 0 && !Number.isNaN(time);
  return { sizeBytes: sizeOf(text.slice(date.index + whole.length)), updatedAt: isDate ? time : null };
}

const powers: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/** `1085440`, `1.0M`, `15K`; `-` for a folder. */
function sizeOf(text: string): number | null {
  const size = /^\s*(\d{1,15}(?:\.\d{1,3})?)\s?([KMGT]?)i?B?(?:\s|$)/i.exec(text);
  if (size === null) return null;
  return Math.round(Number(size[1]) * 1024 ** (powers[(size[2] ?? '').toUpperCase()] ?? 0));
}

function withoutNulls(details: Details): Partial<Details> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
}
