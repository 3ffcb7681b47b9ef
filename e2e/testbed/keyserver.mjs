// keyserver.mjs PROGRAMS CONFIGURATION PORT - serves Debian's onak, whose own door is CGI, over http on the loopback:
// /pks/lookup and /pks/add (draft-shaw-openpgp-hkp-00). PROGRAMS is the folder of its CGI programs, CONFIGURATION that
// of its onak.ini. All that is known of keys is onak's; here is only the door.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [programs, configuration, port] = process.argv.slice(2);
const largestBody = 1024 * 1024;
const doors = { 'GET /pks/lookup': 'lookup', 'POST /pks/add': 'add' };

// One after the other: each is a process of its own that opens the database.
let last = Promise.resolve();

function run(program, { method, url, body }) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(programs, program), [], {
      env: {
        XDG_CONFIG_HOME: configuration,
        REQUEST_METHOD: method,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: 'application/x-www-form-urlencoded',
        CONTENT_LENGTH: String(body.length),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks)));
    child.stdin.on('error', () => undefined); // a program that wants no input has closed it
    child.stdin.end(body);
  });
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://keyserver');
  const program = doors[`${request.method} ${url.pathname}`];
  if (program === undefined) return response.writeHead(404).end('No such page\n');
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) return response.writeHead(413).end();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  last = last
    .catch(() => undefined) // that was answered to its own caller
    .then(() => run(program, { method: request.method, url, body }));
  try {
    const output = await last;
    const end = output.indexOf('\n\n');
    const type =
      /^content-type: *(.*)$/im.exec(output.subarray(0, end).toString('latin1'))?.[1] ?? 'text/plain';
    response.writeHead(200, { 'content-type': type }).end(output.subarray(end + 2));
  } catch (error) {
    response.writeHead(500).end(`${error.message}\n`);
  }
}).listen(Number(port), '127.0.0.1');
