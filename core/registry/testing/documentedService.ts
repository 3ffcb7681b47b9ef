import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { registryIdSchema } from '#core/contract/ids.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import type { AdapterMeans } from '../adapter.ts';
import { answer, type ScriptedServer, startScriptedServer } from './scriptedServer.ts';

/** What is answered at a path (with its query, or without): a file of `__recorded__`, a value, or whatever a function does. */
export type Route = string | object | ((request: IncomingMessage, response: ServerResponse) => void);

/** A server that answers as a service's documentation says; 404 to everything else. */
export async function startDocumentedService(
  routes: Readonly<Record<string, Route>>,
): Promise<ScriptedServer> {
  return await startScriptedServer((request, response) => {
    const path = request.url ?? '';
    const route = routes[path] ?? routes[path.replace(/\?.*$/, '')];
    if (route === undefined) answer(response, 404, { message: 'not found' });
    else if (typeof route === 'function') route(request, response);
    else answer(response, 200, typeof route === 'string' ? documented(route) : route);
  });
}

/** An answer of documented shape, by its path below `adapters/__recorded__`; `replaced` for what only the test knows. */
export function documented(path: string, replaced: Readonly<Record<string, string>> = {}): object {
  let text = readFileSync(new URL(`../adapters/__recorded__/${path}`, import.meta.url), 'utf8');
  for (const [from, to] of Object.entries(replaced)) text = text.replaceAll(from, to);
  return JSON.parse(text);
}

/** Means of an adapter for a registry at `address`, without credentials. */
export function meansFor(
  registry: Pick<RegistrySettings, 'kind' | 'address'> & Partial<RegistrySettings>,
  more: Partial<AdapterMeans> = {},
): AdapterMeans {
  return {
    registry: {
      id: registryIdSchema.parse('tested'),
      label: 'Tested',
      allowHttp: false,
      mirrors: [],
      apiUrl: null,
      s3: null,
      ...registry,
    },
    credentials: null,
    ...more,
  };
}

/** Everything that a list brings. */
export async function allOf<Entry>(batches: AsyncIterable<readonly Entry[]>): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
