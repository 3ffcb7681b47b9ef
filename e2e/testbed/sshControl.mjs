// sshControl.mjs SOCKET USER - lets an ordinary user cut and restore the link to the test bed's far host, reboot it, and
// make a cluster's faults real on it: all that takes root, so root starts this, and only USER may speak to it.
// One request a line, one answer a line ("ok" or "failed: REASON"), one after the other:
//   link down | link up | reboot | fact NAME on | fact NAME off | reset
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [socketPath, userName] = process.argv.slice(2);
const folder = dirname(fileURLToPath(import.meta.url));
const userId = (option) => Number(execFileSync('id', [option, userName], { encoding: 'utf8' }));

/** The script and arguments for a request; null for anything that is not exactly one of the requests above. */
function commandOf(request) {
  const link = /^link (down|up)$/.exec(request);
  if (link) return ['sshHosts.sh', `link-${link[1]}`];
  if (request === 'reboot') return ['sshHosts.sh', 'reboot'];
  if (request === 'reset') return ['sshHosts.sh', 'reset'];
  const fact = /^fact ([A-Za-z]+) (on|off)$/.exec(request);
  return fact ? ['sshFact.sh', fact[1], fact[2]] : null;
}

function answer(request) {
  const command = commandOf(request);
  if (command === null) return Promise.resolve('failed: not a request of this control');
  const [script, ...args] = command;
  return new Promise((resolve) => {
    execFile(join(folder, script), args, { timeout: 60_000 }, (error, _stdout, stderr) =>
      resolve(error ? `failed: ${(stderr || error.message).trim().replaceAll('\n', ' | ')}` : 'ok'),
    );
  });
}

// Requests of all who speak to it, one after the other: a cut in the middle of a reboot would be neither.
let last = Promise.resolve();
const server = createServer((socket) => {
  socket.on('error', (error) => console.error(error.message));
  createInterface({ input: socket }).on('line', (request) => {
    last = last.then(async () => {
      const reply = await answer(request);
      console.log(`${request.slice(0, 80)}: ${reply}`);
      socket.write(`${reply}\n`);
    });
  });
});

rmSync(socketPath, { force: true });
const umask = process.umask(0o177);
server.listen(socketPath, () => {
  process.umask(umask);
  chownSync(socketPath, userId('-u'), userId('-g'));
  chmodSync(socketPath, 0o660);
});
process.on('SIGTERM', () => {
  rmSync(socketPath, { force: true });
  process.exit(0);
});
