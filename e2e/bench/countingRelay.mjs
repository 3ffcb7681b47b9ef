import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';

/** For ssh's ProxyCommand: `HOST PORT FILE`. Adds a line with the bytes of both ways to the file when the line ends. */
const [host, port, file] = process.argv.slice(2);
const line = connect({ host, port: Number(port) });
process.stdin.pipe(line);
line.pipe(process.stdout);
const tell = () => {
  appendFileSync(file, `${line.bytesWritten + line.bytesRead}\n`);
  process.exit(0);
};
line.on('close', tell);
line.on('error', tell);
process.stdin.on('end', () => line.end());
for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT']) process.on(signal, tell);
