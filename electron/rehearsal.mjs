/**
 * `node rehearsal.mjs FOLDER`: starts the loopback host of a fresh build once, lets a page ask for its first picture, and
 * keeps what V8 compiled for that beside the files (compiledCode.mjs). Part of the build.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import { compile, keepCompiled, load } from './compiledCode.mjs';

const folder = resolve(process.argv[2]);
const home = await mkdtemp(join(tmpdir(), 'mysingularity-rehearsal-'));
// Nobody's settings and images: core is to find an empty home.
for (const name of Object.keys(process.env)) if (name.startsWith('XDG_')) delete process.env[name];
process.env.HOME = home;
try {
  load(join(folder, 'browser.cjs'));
  load(join(folder, 'windowProfile.cjs'));
  const { openWorkbench } = load(join(folder, 'serve.cjs'));
  const workbench = await openWorkbench({ port: 0 });
  await workbench.createCore();
  await askAsPage(workbench.newLaunchUrl());
  compile(join(folder, 'commandLine.cjs'));
  keepCompiled();
  await workbench.dispose();
} finally {
  await rm(home, { recursive: true, force: true });
}

/** The first answers of what a page shows first. */
async function askAsPage(url) {
  const { origin, host, hash } = new URL(url);
  const launch = hash.replace('#launch=', '');
  const session = 'rehearsal'.padEnd(43, '0');
  const protocols = ['mysingularity', `session.${session}`, `launch.${launch}`];
  const socket = new WebSocket(`ws://${host}/rpc`, protocols, { origin });
  const client = createORPCClient(new RPCLink({ websocket: socket }));
  const watched = [client.settings.watch(), client.hosts.watch(), client.images.watch({ hostId: 'local' })];
  await Promise.all(watched.map(async (stream) => (await stream).next()));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
}
