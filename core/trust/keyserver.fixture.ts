import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Key, readKey } from 'openpgp';

/** A keyserver of a test. */
export interface TestKeyserver {
  readonly url: string;
  close(): void;
}

/**
 * A stand-in for a keyserver that sends another key than the one that was asked for; the real one is the test bed's
 * onak. As much as the runtime asks of one: `add`, `get` and the machine-readable `index`, after
 * draft-shaw-openpgp-hkp-00, sections 3 to 5.
 */
export async function startKeyserver(): Promise<TestKeyserver> {
  const keys: Key[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
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
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** By the end of a fingerprint, as servers did that went by key ids of 64 bits. */
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
