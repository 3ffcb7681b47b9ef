import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Key, readKey } from 'openpgp';

/** A keyserver of a test. */
export interface TestKeyserver {
  readonly url: string;
  /** What was asked, in order: `GET /pks/lookup?…`. */
  readonly requests: readonly string[];
  close(): void;
}

/**
 * As much of a keyserver as the runtime asks of one: `add`, `get` and the machine-readable `index`. Written from
 * draft-shaw-openpgp-hkp-00, sections 3 to 5.
 */
export async function startKeyserver(): Promise<TestKeyserver> {
  const keys: Key[] = [];
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (method === 'POST') {
      keys.push(await readKey({ armoredKey: new URLSearchParams(body).get('keytext') ?? '' }));
      response.end('ok');
      return;
    }
    const { searchParams } = new URL(url, 'http://keyserver');
    const found = keys.filter((key) => fits(key, searchParams.get('search') ?? ''));
    if (found.length === 0) {
      response.writeHead(404).end('No results found');
      return;
    }
    if (searchParams.get('op') === 'get') response.end(found.map((key) => key.armor()).join('\n'));
    else response.end(`info:1:${found.length}\n${found.map(indexLines).join('')}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => server.close() };
}

/** By the end of a fingerprint, as onak does: another key than the one that was asked for may come. */
function fits(key: Key, search: string): boolean {
  const text = search.toLowerCase();
  return (
    key.getUserIDs().some((userId) => userId.toLowerCase().includes(text)) ||
    (text.startsWith('0x') && key.getFingerprint().endsWith(text.slice(-16)))
  );
}

function indexLines(key: Key): string {
  const created = Math.floor(key.getCreationTime().getTime() / 1000);
  const userIds = key.getUserIDs().map((userId) => `uid:${encodeURIComponent(userId)}:${created}::\n`);
  return `pub:${key.getFingerprint().toUpperCase()}:1:2048:${created}::\n${userIds.join('')}`;
}
