import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { os, type RouterClient } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { serve } from './serve.ts';

/** As `images.upload` takes a piece of a file. */
const router = {
  upload: os.input(z.object({ offset: z.number(), bytes: z.instanceof(Blob) })).handler(async ({ input }) => {
    const bytes = new Uint8Array(await input.bytes.arrayBuffer());
    return { offset: input.offset, length: bytes.length, first: bytes[0], last: bytes.at(-1) };
  }),
};
type Uploads = RouterClient<typeof router>;

/** Bytes that are no text, 4 MiB of them. */
function piece(): Blob {
  const bytes = new Uint8Array(4 * 1024 * 1024).fill(0xfe);
  bytes[0] = 0;
  bytes[bytes.length - 1] = 0xff;
  return new Blob([bytes]);
}
const whole = { offset: 7, length: 4 * 1024 * 1024, first: 0, last: 0xff };

test('a piece of a file goes through the socket as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mysingularity-blobs-'));
  writeFileSync(join(folder, 'index.html'), '<title>page</title>');
  const host = await serve({
    core: Promise.resolve({ router, terminals: { attach: () => undefined } }),
    rendererFolder: folder,
    listen: { port: 0 },
  });
  try {
    const launch = new URL(host.newLaunchUrl()).hash.slice('#launch='.length);
    const tokens = [`session.${'s'.repeat(43)}`, `launch.${launch}`];
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, ['mysingularity', ...tokens], {
      headers: { Origin: `http://127.0.0.1:${host.port}` },
    });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const client: Uploads = createORPCClient(new SocketLink({ websocket: socket as never }));
    expect(await client.upload({ offset: 7, bytes: piece() })).toEqual(whole);
    socket.close();
  } finally {
    await host.close();
    rmSync(folder, { recursive: true });
  }
});

test('a piece of a file goes through a port as it is', async () => {
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(router).upgrade(port1);
  port1.start();
  port2.start();
  const client: Uploads = createORPCClient(new PortLink({ port: port2 }));
  expect(await client.upload({ offset: 7, bytes: piece() })).toEqual(whole);
  port1.close();
  port2.close();
});
