// tokenServer.mjs PORT KEY.pem - a small issuer of registry tokens, for docker-registry's `auth: token`.
// Docker's token flow (distribution, docs/spec/auth/token.md: GET with Basic, or with nothing) and the oauth2 one
// (oauth.md: POST with grant_type password or refresh_token), tokens as in jwt.md: ES256, `kid` the libtrust name of the
// key. Two people and what everybody may read:
//   researcher / "correct horse battery"   pulls and pushes everywhere, and sees the catalog
//   reader / "only reading"                pulls everywhere
//   nobody                                 pulls below public/
// Control, for tests: POST /control?life=SECONDS sets how long the next tokens live, and gives {"asked": N}, the number
// of tokens that were given since; 60 s otherwise.
import { createHash, createPublicKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, keyFile] = process.argv.slice(2);
const key = readFileSync(keyFile, 'utf8');
const people = new Map([
  ['researcher', { password: 'correct horse battery', actions: ['pull', 'push', 'delete', '*'] }],
  ['reader', { password: 'only reading', actions: ['pull'] }],
]);
/** Identity tokens: who has one is who it was given to. */
const identities = new Map();
const service = 'mysingularity-testbed';
const issuer = 'mysingularity-testbed-tokens';
/** docker-registry takes a token for so long after its end, for clocks that differ: the end is put that much earlier. */
const leewaySeconds = 60;
const longestForm = 64 * 1024;
let lifeSeconds = 60;
let asked = 0;

/** The libtrust name of a key: 240 bits of the digest of its DER, in base32, in groups of four. */
function keyName() {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const bits = [...createHash('sha256').update(der).digest().subarray(0, 30)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = bits
    .match(/.{5}/g)
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)]);
  return letters.join('').match(/.{4}/g).join(':');
}
const keyId = keyName();

/** `repository:NAME:pull,push` → what of it this person may do; null for what makes no sense. */
function granted(scope, person) {
  const found = /^(repository|registry):(.+):([a-z*,]*)$/.exec(scope);
  if (found === null) return null;
  const [, type, name, wanted] = found;
  const isPublic = type === 'repository' && name.startsWith('public/');
  const allowed = person?.actions ?? (isPublic ? ['pull'] : []);
  return { type, name, actions: wanted.split(',').filter((action) => allowed.includes(action)) };
}

function tokenFor(name, scopes) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: name ?? '',
    aud: service,
    exp: now + lifeSeconds - leewaySeconds,
    nbf: now - 5,
    iat: now,
    jti: randomUUID(),
    access: scopes.map((scope) => granted(scope, people.get(name))).filter((access) => access !== null),
  };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ typ: 'JWT', alg: 'ES256', kid: keyId })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  asked += 1;
  return `${signed}.${signature.toString('base64url')}`;
}

/** Whose password it is; null when it is nobody's. */
function personOf(name, password) {
  return people.get(name)?.password === password ? name : null;
}

function scopesOf(parameters) {
  return parameters.getAll('scope').flatMap((scope) => scope.split(' ').filter((one) => one !== ''));
}

function answerJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuse(response) {
  const errors = [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }];
  answerJson(response, 401, { errors });
}

function give(response, name, parameters) {
  const token = tokenFor(name, scopesOf(parameters));
  const body = { token, access_token: token, expires_in: lifeSeconds, issued_at: new Date().toISOString() };
  if (
    name !== null &&
    (parameters.get('offline_token') === 'true' || parameters.get('access_type') === 'offline')
  ) {
    body.refresh_token = randomUUID();
    identities.set(body.refresh_token, name);
  }
  answerJson(response, 200, body);
}

function answerGet(request, response, url) {
  const { authorization } = request.headers;
  if (authorization === undefined) return give(response, null, url.searchParams);
  const [, pair = ''] = /^Basic (.+)$/.exec(authorization) ?? [];
  const text = Buffer.from(pair, 'base64').toString('utf8');
  const name = personOf(text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1));
  if (name === null) refuse(response);
  else give(response, name, url.searchParams);
}

async function answerPost(request, response) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > longestForm) return answerJson(response, 413, {});
  }
  const form = new URLSearchParams(body);
  const grant = form.get('grant_type');
  if (form.get('service') === null || form.get('client_id') === null)
    return answerJson(response, 400, { error: 'invalid_request' });
  const name =
    grant === 'refresh_token'
      ? (identities.get(form.get('refresh_token')) ?? null)
      : personOf(form.get('username'), form.get('password'));
  if (name === null) refuse(response);
  else give(response, name, form);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://token.invalid');
  if (url.pathname === '/control' && request.method === 'POST') {
    const life = Number(url.searchParams.get('life') ?? lifeSeconds);
    if (!(life > 0 && life <= 86_400)) return answerJson(response, 400, {});
    lifeSeconds = life;
    answerJson(response, 200, { asked });
    asked = 0;
  } else if (url.pathname !== '/token') answerJson(response, 404, {});
  else if (request.method === 'POST') answerPost(request, response).catch((error) => response.destroy(error));
  else answerGet(request, response, url);
});
server.listen(Number(port), '127.0.0.1');
