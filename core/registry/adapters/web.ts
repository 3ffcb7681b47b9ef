import type { Repository } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { CreateAdapter } from '../adapter.ts';
import type { Answer } from '../answer.ts';
import { rangeStatuses } from '../openedBytes.ts';
import { createServiceJson } from '../serviceJson.ts';
import { isWebName, parseWebDirectory, parseWebDirectoryJson, type WebDirectory } from '../webDirectory.ts';
import { factsOfFile, folderEntry, imageEntry, isWanted, noTags } from './treeFacts.ts';
import { fileHeadRange, readFileHead } from './treeFileHead.ts';

/** A page with 50 000 names. */
const pageLimitBytes = 16 * 1024 * 1024;
const batchSize = 1000;
/** Names that promise an image which a pull can take. */
const imageName = /\.(?:sif|simg|img|sqsh|sqfs|squashfs)$/i;

/**
 * A directory of a web server, or a single file on one. Names and paths are decoded and below the address. A term keeps
 * what matches in the one directory. `show` takes the part of an address that is below the
 * registry's own, or a whole one.
 */
export const createWebAdapter: CreateAdapter = ({ registry, credentials, onNotice, timeouts }) => {
  const home = homeOf(registry.address);
  const host = registryHostOf(registry);
  const service = createServiceJson(home, {
    registry: host,
    isHttpAllowed: registry.allowHttp,
    signIn: { credentials, when: 'whenAsked', scheme: 'basic' },
    onNotice,
    timeouts,
  });
  const facts = (what: string) => ({ repository: what.slice(0, 300) });

  async function openDirectory(url: URL, path: string, signal: AbortSignal): Promise<Answer> {
    const request = { signal, facts: facts(path), headers: { accept: 'text/html, */*;q=0.5' } };
    try {
      return await service.open(url, request, [200]);
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError) || thrown.report.code !== 'registry.forbidden') throw thrown;
      const reason =
        'The server refuses to list this folder (status 403): lists are switched off there, or not for you';
      throw workbenchError('registry.cannotList', { registry: host, reason });
    }
  }

  return {
    async *repositories({ term, path }, signal) {
      const isTop = path === null || path === '';
      const shown = isTop ? `${home.host}${home.pathname}` : path;
      const answer = await openDirectory(isTop ? home : below(home, `${path}/`), shown, signal);
      if (!isPage(answer)) {
        const name = nameOf(home);
        const { sizeBytes, updatedAt } = headOf(answer);
        answer.discard();
        if (!isTop || name === null) throw cannotList(host, 'What is there is a file, not a folder');
        if (isWanted(name, term)) yield [imageEntry(name, { reference: home.href, sizeBytes, updatedAt })];
        return;
      }
      const directory = await readDirectory(answer);
      if (directory === null || (directory.entries.length === 0 && !directory.isIndex))
        throw cannotList(host, 'The page at this address lists no files below it');
      const prefix = isTop ? '' : `${path}/`;
      const entries = directory.entries
        .filter(({ name }) => isWanted(name, term))
        .map(({ name, kind, sizeBytes, updatedAt }): Repository => {
          if (kind === 'folder') return { ...folderEntry(prefix + name), updatedAt };
          const reference = imageName.test(name) ? below(home, prefix + name).href : null;
          return imageEntry(prefix + name, { reference, sizeBytes, updatedAt });
        });
      for (let at = 0; at < entries.length; at += batchSize) yield entries.slice(at, at + batchSize);
    },

    tags: () => noTags(registry),

    tagFacts: () => Promise.resolve([]),

    async show({ repository }, signal) {
      const url = addressOf(home, repository);
      const request = { signal, facts: facts(url.pathname), headers: { ...fileHeadRange, accept: '*/*' } };
      const head = await readFileHead(await service.open(url, request, rangeStatuses));
      return factsOfFile({
        registry,
        repository: url.pathname.slice(folderOf(home).length),
        reference: withoutSecrets(url),
        ...head,
      });
    },
  };
};

/** The address without query, fragment, user name and password: a signed address has secrets there. */
function homeOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw workbenchError('registry.badReference', {
      reference: address.slice(0, 200),
      problem: 'url',
      detail: null,
    });
  return new URL(url.pathname, url.origin);
}

/** `a b/c.sif` below the directory of the address; every part is a name. */
function below(home: URL, path: string): URL {
  const parts = path.split('/');
  const names = parts.at(-1) === '' ? parts.slice(0, -1) : parts;
  if (!names.every(isWebName))
    throw workbenchError('registry.badReference', {
      reference: `${home.origin}${home.pathname}`,
      problem: 'url',
      detail: null,
    });
  return new URL(folderOf(home) + parts.map(encodeURIComponent).join('/'), home.origin);
}

/**
 * A whole address below the registry's own, or the part of one that is below it, as it stands there, → where it is.
 * Letters that need it may be encoded or not.
 */
function addressOf(home: URL, repository: string): URL {
  const folder = new URL(folderOf(home), home.origin);
  const relative = /^https?:\/\//i.test(repository) ? repository : `./${repository}`;
  const url = URL.canParse(relative, folder) ? new URL(relative, folder) : null;
  const isInside = url?.origin === home.origin && url.pathname.startsWith(folder.pathname);
  if (url !== null && isInside && url.username === '' && url.password === '') {
    url.hash = '';
    return url;
  }
  throw workbenchError('registry.badReference', {
    reference: `${folder.href}…`.slice(0, 200),
    problem: 'url',
    detail: null,
  });
}

/** An address to be shown and kept: a signed one stays without its query. */
function withoutSecrets(url: URL): string {
  const hasSecret = [...url.searchParams.keys()].some((name) =>
    /sig|token|credential|secret|key|pass|auth/i.test(name),
  );
  return hasSecret ? `${url.origin}${url.pathname}` : url.href;
}

/** An address is a directory up to its last slash; without one at its end it may be a file in it. */
function folderOf({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/') + 1);
}

function nameOf(url: URL): string | null {
  try {
    const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
    return isWebName(name) ? name : null;
  } catch {
    return null; // not UTF-8
  }
}

function isPage(answer: Answer): boolean {
  return /^(?:text\/html|application\/xhtml\+xml|application\/json)\b/i.test(
    answer.headers.get('content-type') ?? '',
  );
}

async function readDirectory(answer: Answer): Promise<WebDirectory | null> {
  const bytes = await answer.readAll(pageLimitBytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const isJson = /json/i.test(answer.headers.get('content-type') ?? '');
  return isJson ? parseWebDirectoryJson(text) : parseWebDirectory(text, answer.url);
}

function headOf({ headers }: Answer): {
  readonly sizeBytes: number | null;
  readonly updatedAt: number | null;
} {
  const length = headers.get('content-length') ?? '';
  const time = Date.parse(headers.get('last-modified') ?? '');
  return {
    sizeBytes: /^\d{1,15}$/.test(length) ? Number(length) : null,
    updatedAt: Number.isNaN(time) ? null : time,
  };
}

function cannotList(registry: string, reason: string): WorkbenchError {
  return workbenchError('registry.cannotList', { registry, reason });
}
