import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { destinationSchema, type OfferedHost } from '#core/contract/hosts.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { errnoOf } from '../fileErrors.ts';
import { resolveDestination } from './sshDestination.ts';

/** As ssh's own limit (readconf.h, READCONF_MAX_DEPTH). */
const deepestInclude = 16;
const largestFileBytes = 1024 * 1024;
const mostHosts = 500;
/** How many `ssh -G` run at once: each takes about 10 ms of a processor. */
const atOnce = 4;

/**
 * The hosts of the person's ssh configuration that have a name of their own (no wildcard), in its order, each with its
 * address as ssh resolves it. The files are only read; one that is missing or closed to us counts as empty. Fails with
 * host.sshMissing.
 */
export async function listConfiguredHosts(
  environment: Readonly<Record<string, string | undefined>>,
  { configFile }: { readonly configFile?: string } = {},
): Promise<readonly OfferedHost[]> {
  const home = environment['HOME'] ?? homedir();
  const aliases = await readAliases(configFile ?? join(home, '.ssh', 'config'), home);
  const base = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const options = { environment: base, ...(configFile === undefined ? {} : { configFile }) };
  const waiting = aliases.map((destination, index) => ({ destination, index }));
  const offered: OfferedHost[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { destination, index } = next;
      offered[index] = { destination, address: await addressOf(destination, options) };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return offered;
}

async function addressOf(
  destination: string,
  options: Parameters<typeof resolveDestination>[2],
): Promise<string> {
  try {
    return (await resolveDestination(destination, null, options)).address;
  } catch (thrown) {
    // One entry that ssh does not take (it says why when connecting) must not hide the others.
    if (thrown instanceof WorkbenchError && thrown.report.code === 'host.sshFailed') return destination;
    throw thrown;
  }
}

/** Names of `Host` lines in a configuration and what it includes, without wildcards, each once. */
export async function readAliases(configFile: string, home: string): Promise<readonly string[]> {
  const found = new Set<string>();
  await readFileInto(configFile, { home, found, trail: [] });
  return [...found].slice(0, mostHosts);
}

interface Reading {
  readonly home: string;
  readonly found: Set<string>;
  /** Files that include this one: a file that includes itself is read once. */
  readonly trail: readonly string[];
}

async function readFileInto(file: string, reading: Reading): Promise<void> {
  if (reading.trail.includes(file) || reading.trail.length > deepestInclude) return;
  const text = await readSmallFile(file);
  if (text === null) return;
  const inside = { ...reading, trail: [...reading.trail, file] };
  // Whether the lines count for every host: before the first block and in `Host *`.
  let isForAll = true;
  for (const line of text.split('\n')) {
    const [keyword = '', ...words] = wordsOf(line);
    switch (keyword.toLowerCase()) {
      case 'host':
        isForAll = words.includes('*');
        for (const word of words) if (isAlias(word)) reading.found.add(word);
        break;
      case 'match':
        isForAll = words.length === 1 && words[0]?.toLowerCase() === 'all';
        break;
      case 'include':
        if (!isForAll) break;
        for (const word of words)
          for (const path of await expand(word, reading.home)) await readFileInto(path, inside);
        break;
      default:
        break;
    }
  }
}

function isAlias(word: string): boolean {
  return !/[*?!\p{Cc}\p{Cf}]/u.test(word) && destinationSchema.safeParse(word).success;
}

/** Words of a line (ssh_config(5)): `Keyword word "two words"` or `Keyword=word`; `#` begins a comment. */
export function wordsOf(line: string): readonly string[] {
  const text = line.replaceAll('\r', '').trim();
  if (text === '' || text.startsWith('#')) return [];
  const [, keyword = '', rest = ''] = /^([^\s=]+)(?:\s*=\s*|\s+|$)(.*)$/.exec(text) ?? [];
  const words = [...rest.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return [keyword, ...(comment < 0 ? words : words.slice(0, comment))];
}

async function readSmallFile(file: string): Promise<string | null> {
  try {
    const facts = await stat(file);
    return facts.isFile() && facts.size <= largestFileBytes ? await readFile(file, 'utf8') : null;
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes(errnoOf(thrown) ?? '')) return null;
    throw thrown;
  }
}

/** The files that an Include word means: `~` and folders relative to ~/.ssh, wildcards as in glob(7), sorted. */
async function expand(word: string, home: string): Promise<readonly string[]> {
  if (word.includes('\0')) return [];
  const withHome = word.startsWith('~/') ? join(home, word.slice(2)) : word;
  const path = isAbsolute(withHome) ? withHome : join(home, '.ssh', withHome);
  return await matching(path);
}

async function matching(path: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(path)) return [path];
  const folders = await matching(dirname(path));
  const pattern = globPattern(path.slice(dirname(path).length).replace(/^\/+/, ''));
  if (pattern === null) return [];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await namesIn(folder);
      return names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
    }),
  );
  return found.flat().sort();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(errnoOf(thrown) ?? '')) return [];
    throw thrown;
  }
}

/**
 * A name with `*`, `?` and `[a-z]` → its expression; as in a shell, a leading dot must be written. Null for a range that
 * runs backwards, which matches nothing.
 */
function globPattern(glob: string): RegExp | null {
  const body = glob.replaceAll(/\[[!^]?\]?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) {
      const isNot = /^\[[!^]/.test(part);
      const inner = part.slice(isNot ? 2 : 1, -1).replaceAll(/[\\\][^]/g, '\\$&');
      return inner === '' ? '' : `[${isNot ? '^' : ''}${inner}]`;
    }
    return part.replace(/[\\^$.|+(){}[\]]/, '\\$&');
  });
  try {
    return new RegExp(`^${glob.startsWith('.') ? '' : '(?!\\.)'}${body}$`);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}
