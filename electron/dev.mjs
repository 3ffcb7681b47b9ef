/**
 * `npm run dev`: the page from Vite with hot reloading, the core from the last build. The page's sockets go through
 * Vite's own port, so that Host and Origin are as the loopback host wants them.
 */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { buildIfNeeded } from './build.mjs';
import { load } from './compiledCode.mjs';

await buildIfNeeded();
const { openWorkbench } = load(fileURLToPath(new URL('../dist/node/serve.cjs', import.meta.url)));
const workbench = await openWorkbench({ port: 0 });
const target = `ws://127.0.0.1:${workbench.port}`;
const vite = await createServer({
  configFile: fileURLToPath(new URL('../renderer/vite.config.ts', import.meta.url)),
  server: {
    host: '127.0.0.1',
    proxy: { '/rpc': { target, ws: true }, '/terminal/': { target, ws: true } },
  },
});
await vite.listen();
const { port } = vite.httpServer.address();
const announce = () => console.log(workbench.newLaunchUrl(port));
// Vite would end the process before the core is disposed.
process.removeAllListeners('SIGTERM');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    await vite.close();
    await workbench.dispose();
    process.exit(0);
  });
}
process.on('SIGUSR2', announce);
await workbench.createCore();
console.log(`The address opens the workbench once. For another: kill -USR2 ${process.pid}`);
announce();
