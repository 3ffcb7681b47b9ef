import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { WebSocket } from 'ws';

/** A free port for a browser's debugging door. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The debugging door of a browser's only window. */
export interface PageProbe {
  /** The value of an expression in the page; a promise is awaited. Asked again when the page goes elsewhere meanwhile. */
  evaluate(expression: string): Promise<unknown>;
  /** Ends the browser. */
  closeBrowser(): void;
}

/** Attaches to the first page of the browser on this port, as soon as there is one. */
export async function probePage(port: number): Promise<PageProbe> {
  const socket = new WebSocket(await pageAddress(port));
  await once(socket, 'open');
  let lastId = 0;
  function call(method: string, params: object): Promise<{ result?: { result?: { value?: unknown } } }> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      const onMessage = (data: unknown) => {
        const message = JSON.parse(String(data));
        if (message.id !== id) return;
        socket.off('message', onMessage);
        resolve(message);
      };
      socket.on('message', onMessage);
      socket.once('close', () => reject(new Error('the browser ended')));
      socket.send(JSON.stringify({ id, method, params }));
    });
  }
  return {
    evaluate: async (expression) => {
      for (;;) {
        const answer = await call('Runtime.evaluate', {
          expression,
          awaitPromise: true,
          returnByValue: true,
        });
        const value = answer.result?.result?.value;
        if (value !== undefined) return value;
      }
    },
    closeBrowser: () => {
      socket.send(JSON.stringify({ id: 0, method: 'Browser.close' }));
    },
  };
}

/** Asks until the browser listens and has a page. */
async function pageAddress(port: number): Promise<string> {
  for (;;) {
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then(
      (response) => response.json() as Promise<{ type: string; webSocketDebuggerUrl: string }[]>,
      () => [], // not listening yet
    );
    const page = targets.find(({ type }) => type === 'page');
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
